"""Large rules take a short way: what a witness alone decides stays in the database. It must change nothing."""

from pathlib import Path

import pytest

from zeren.engine.backends.duckdb import DuckDB
from zeren.engine.backends.folder import FolderFacts
from zeren.engine.evaluate import evaluate
from zeren.engine.examples import all_examples, run
from zeren.engine.pack import Pack
from zeren.models.facts import Facts
from zeren.models.moments import parse_moment
from zeren.models.problems import InputError

ON = parse_moment("2024-12-31", "end")
POSTS = "id,unit,role\n市长,市政府,主要负责人\n副市长,市政府,班子成员\n市长,市政府,主要负责人\n"
RULE = """id: TST-001
title: 主要负责人一年内开会
mechanism: 测试
modality: 义务
severity: 一般
basis: [{custom: 测试}]
for: [post: {id: $post, role: 主要负责人}]
bearer: $post
need: [record: {kind: 会议, actor: $post, at: {in: [$on - 365天, $on]}}]
message: "{post}没有开会"
fix: 开会
doc: 测试。
"""


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Take the short way for every rule; the ids of the rules that did are collected."""
    taken: list[str] = []
    plain = DuckDB.__init__

    def always(self: DuckDB, facts: Facts, on: int) -> None:
        plain(self, facts, on, settle_from=0)

    monkeypatch.setattr(DuckDB, "__init__", always)
    made = DuckDB.view
    monkeypatch.setattr(DuckDB, "view", lambda self, select: taken.append(select) or made(self, select))
    return taken


def test_all_examples_by_the_short_way(short: list[str]) -> None:
    pack = Pack()
    verdicts = [run(example, plan, pack, "duckdb") for plan, example in all_examples(pack, list(pack.rule_files))]
    assert [verdict.problem for verdict in verdicts if verdict.problem] == []
    assert len(short) > 10


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    (tmp_path / "规则" / "测试").mkdir(parents=True)
    (tmp_path / "规则" / "测试" / "TST-001.yaml").write_text(RULE, encoding="utf-8")
    return Pack([tmp_path / "规则"])


def _folder(path: Path, **files: str) -> Path:
    for name, text in files.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("ledger", ["", "市政府,会议\n"])
def test_a_folder_says_the_same_as_facts(tmp_path: Path, pack: Pack, ledger: str) -> None:
    folder = FolderFacts(_folder(
        tmp_path, post=POSTS, ledger=f"holder,kind\n{ledger}",
        record="id,kind,actor,at\nb,会议,市长,2024-03-01\na,会议,市长,2024-03-02 09:00\nc,会议,市长,2025-06-01\n",
    ))
    facts = Facts(list(folder))
    assert len(folder) == len(facts) == 5 + bool(ledger)
    assert str(folder.of("record")[0].place).endswith("record.csv:3:1")
    plans = pack.plans(["TST-001"])
    for on in (ON, parse_moment("2023-12-31", "end")):
        mine, theirs = evaluate(folder, pack, plans, on, 0, "duckdb").instances, evaluate(facts, pack, plans, on, 0, "duckdb").instances
        assert [(one.key, one.outcome, one.evidence, one.asks) for one in mine] == [
            (one.key, one.outcome, one.evidence, one.asks) for one in theirs]
    (passed,) = evaluate(folder, pack, plans, ON, 0, "duckdb").instances
    assert [fact.values[0] for fact in passed.evidence] == ["a"]


def test_passes_become_objects_only_when_asked(tmp_path: Path, pack: Pack, short: list[str]) -> None:
    folder = FolderFacts(_folder(tmp_path, post=POSTS, record="id,kind,actor,at\na,会议,市长,2024-03-01\n"))
    (judged,) = evaluate(folder, pack, pack.plans(["TST-001"]), ON, 0, "duckdb").judged
    assert short
    assert (judged.decided, judged.count) == ((), 1)
    assert [one.key for one in judged.instances] == [("市长",)]


def test_days_are_read_as_the_catalogue_says(tmp_path: Path) -> None:
    row = next(FolderFacts(_folder(tmp_path, appointment="post,person,since,until\n市长,甲,2024-01-01,2024-01-31\n")).records("appointment"))
    assert (row["since"], row["until"]) == (parse_moment("2024-01-01"), parse_moment("2024-02-01"))


@pytest.mark.parametrize(("files", "told"), [
    ({}, "没有 *.csv"),
    ({"posts": "id\n"}, "posts.csv: 错误 [ORG-001] 没有“posts”这种关系"),
    ({"post": "id,unit,role,holder\n"}, "岗位没有“holder”这一列"),
    ({"post": "id,unit\n"}, "岗位缺少 role 一列"),
])
def test_what_is_wrong_with_a_folder_is_said_at_once(tmp_path: Path, files: dict[str, str], told: str) -> None:
    with pytest.raises(InputError) as error:
        FolderFacts(_folder(tmp_path, **files))
    assert told in str(error.value)


def test_a_bad_cell_is_named_with_its_line(tmp_path: Path) -> None:
    folder = FolderFacts(_folder(tmp_path, record="id,kind,actor,at\na,会议,市长,2024-03-01\nb,会议,市长,三月\n"))
    with pytest.raises(InputError) as error:
        folder.of("record")
    assert "record.csv:3:1: 错误 [ORG-003] at 的“三月”不是时间" in str(error.value)


def test_what_lies_inside_later_papers_is_hidden(tmp_path: Path) -> None:
    folder = FolderFacts(_folder(
        tmp_path, record="id,kind,actor,at\na,会议,市长,2024-03-01\nb,会议,市长,2025-06-01\n", detail="record,key,value\na,议题,x\nb,议题,y\n",
        incident="id,kind,at\nS1,生产安全事故,2024-01-01\nS2,生产安全事故,2025-01-02\n", inquiry="id,incident\nD1,S1\nD2,S2\n",
        finding="inquiry,unit\nD1,甲\nD2,乙\n",
    ))
    for on in (ON, parse_moment("2025-12-31", "end")):
        assert list(folder.until(on)) == list(Facts(list(folder)).until(on))
    assert [fact.values[0] for fact in folder.until(ON).of("detail")] == ["a"]
    assert [fact.values[0] for fact in folder.until(ON).of("finding")] == ["D1"]


def test_equal_rows_count_once(tmp_path: Path) -> None:
    folder = FolderFacts(_folder(tmp_path, post=POSTS))
    assert [(fact.values[0], fact.place.line) for fact in folder.of("post")] == [("副市长", 3), ("市长", 2)]
