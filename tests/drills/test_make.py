"""A drill: the same for the same seed, every fault seen by a finding of its own, nothing told to the trainee."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from trial import ON, TOWN, catalogue, drill, pack

from zeren.engine.audit import audit
from zeren.engine.drills.catalogue import read_catalogue
from zeren.engine.drills.exercise import write_folder
from zeren.engine.drills.inject import make
from zeren.engine.drills.seal import NAME, open_sealed, seal, unseal
from zeren.engine.examples import all_examples
from zeren.models import organisation
from zeren.models.problems import InputError, UsageError
from zeren.models.registry import ledger_kinds
from zeren.models.shapes import TOP_KEYS
from zeren.models.writer import same

#: One organisation with fifteen duties fulfilled, so that a handful of faults can be made in it and no more.
SMALL = """
on: 2024-06-30
territories: [{id: 甲县, level: 县级}]
units:
  - {id: 县政府, kind: 政府, level: 县级, territory: 甲县, posts: [{id: 县长, role: 主要负责人, holder: P1}, {id: 副县长, role: 班子成员, holder: P2}]}
  - {id: 安委会, kind: 安委会, superior: 县政府, posts: [{id: 安委会主任, role: 主任, holder: P1}]}
"""


def test_the_same_seed_gives_the_same_drill_and_another_seed_another() -> None:
    first = make([TOWN], catalogue(), 3, 5, pack(), ON)
    assert seal(first.answer) == seal(drill(5).answer)
    assert same(first.organisation.facts, drill(5).organisation.facts)
    assert drill(6).answer.planted != drill(5).answer.planted


@pytest.mark.parametrize("seed", range(4))
def test_every_fault_is_seen_by_a_finding_of_its_own(seed: int, tmp_path: Path) -> None:
    made = drill(seed)
    write_folder(made, tmp_path / "演练")
    org = organisation.load([tmp_path / "演练/组织"])
    found = {one.id: str(one.outcome) for one in audit(org, pack(), ON)}
    clean = {one.id: str(one.outcome) for one in audit(organisation.load([TOWN]), pack(), ON)}
    own = [hit for one in made.answer.planted for hit in one.hits]
    assert len({hit.id for hit in own}) == len(own) >= len(made.answer.planted) == 3
    assert all(found[hit.id] == hit.outcome for hit in own)
    assert not [hit for hit in own if clean.get(hit.id) in ("fail", "unknown", "error")]  # nobody could have reported it before
    news = {id for id, outcome in found.items() if outcome in ("fail", "unknown", "error") and clean.get(id) != outcome}
    assert news == {hit.id for hit in made.answer.hits()}


def test_the_folder_tells_the_trainee_nothing(tmp_path: Path) -> None:
    made = drill(0)
    names = [path.name for path in write_folder(made, tmp_path / "演练")]
    assert names[:2] == ["题目.md", "答卷.csv"]
    assert names[-1] == NAME
    read = [path.read_text(encoding="utf-8") for path in (tmp_path / "演练").glob("*.*")]
    for one in made.answer.planted:
        words = (one.kind, one.title, one.says, one.hint, *(hit.rule for hit in one.hits))
        assert not [word for word in words for text in read if word in text and word != "ZRS-001"]  # that one is the example of the task
    assert "3 处毛病" in read[[path.name for path in (tmp_path / "演练").glob("*.*")].index("题目.md")]


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "旧.txt").write_text("x")
    with pytest.raises(UsageError, match="不覆盖"):
        write_folder(drill(0), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["旧.txt"]


def test_a_sealed_answer_opens_unchanged_or_not_at_all(tmp_path: Path) -> None:
    text = seal(drill(0).answer)
    assert unseal(text, "x") == drill(0).answer
    assert drill(0).answer.planted[0].title not in text
    lines = text.splitlines()
    with pytest.raises(InputError, match=r"损坏|校验"):
        unseal("\n".join([lines[0], lines[1][::-1], *lines[2:]]), "x")
    with pytest.raises(InputError, match="校验"):
        unseal("\n".join([lines[0][:-4] + "0000", *lines[1:]]), "x")
    with pytest.raises(InputError, match="不是演练的答案"):
        unseal("别的东西", "x")
    with pytest.raises(InputError, match="另一个版本"):
        unseal(text.replace("zeren-drill 1", "zeren-drill 9"), "x")
    with pytest.raises(InputError, match="读不到答案"):
        open_sealed(tmp_path)


def test_more_faults_than_the_organisation_can_hold_is_said(tmp_path: Path) -> None:
    path = tmp_path / "县.yaml"
    path.write_text(SMALL, encoding="utf-8")
    assert [one.kind for one in make([path], catalogue(), 1, 1, pack(), ON).answer.planted] == ["安委会主任换人"]
    with pytest.raises(UsageError, match="只能安排 1 处"):
        make([path], catalogue(), 2, 1, pack(), ON)


def test_every_kind_of_fault_is_reachable_somewhere() -> None:
    """The shipped catalogue: at least twenty kinds over at least ten mechanisms, each told and hinted at."""
    assert len(catalogue()) >= 20
    assert len({one.mechanism for one in catalogue()}) >= 10
    assert all(one.says and one.hint and one.rules and one.edits for one in catalogue())


BAD = """
- {id: 甲, title: 甲, mechanism: 检查, rules: [XXX-001], says: "{who}", hint: x, do: [{remove: {record: $r}}], find: [{record: {id: $r}}]}
- {id: 乙, title: 乙, mechanism: 检查, rules: [JCQ-001], says: x, hint: x, do: [{remove: {record: $r}}], find: [{rekord: {id: $r}}], outcome: 大概}
- {id: 丙, titel: 丙}
"""


def test_a_catalogue_tells_all_that_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "毛病.yaml"
    path.write_text(BAD, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_catalogue(pack(), path)
    told = "\n".join(map(str, caught.value.problems))
    for words in ("毛病.yaml:2:", "没有规则“XXX-001”", "没有变量 $who", "毛病.yaml:3:", "rekord", "没有“大概”", "毛病.yaml:4:", "没有“titel”"):
        assert words in told


@pytest.mark.parametrize("kind", ["责任人未处理", "未约谈", "再犯未停产", "审批无签字人"])
def test_faults_that_need_an_accident_or_an_offence_are_made_in_the_examples_of_their_rules(kind: str, tmp_path: Path) -> None:
    """The passing example of a rule, with all ledgers declared, is an organisation in order: the fault must show there."""
    [fault] = [one for one in catalogue() if one.id == kind]
    made = []
    for _, example in all_examples(pack(), list(fault.rules)):
        if example.expected == "pass":
            path = tmp_path / f"{len(made)}.json"
            path.write_text(json.dumps(_with_ledgers(example.node.plain()), ensure_ascii=False), encoding="utf-8")
            org = organisation.load([path])
            assert org.on is not None
            with suppress(UsageError):
                made.append(make([path], [fault], 1, 1, pack(), org.on))
    assert made, kind
    assert all(one.answer.planted[0].hits[0].rule in fault.rules for one in made)


def _with_ledgers(example: object) -> dict[str, object]:
    assert isinstance(example, dict)
    found = {key: value for key, value in example.items() if key in TOP_KEYS}

    def declare(units: list[dict[str, object]]) -> None:
        for unit in units:
            unit["ledgers"] = [{"kind": sorted(ledger_kinds())}]
            inner = unit.get("units", [])
            assert isinstance(inner, list)
            declare(inner)

    declare(found["units"])
    return found
