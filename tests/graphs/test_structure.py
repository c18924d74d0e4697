"""Every text in structures/ has the structure faults that its first line says, and no other.

``# expect: kind subject …`` — several faults are separated by `;`, a leading ``?`` means that it cannot be decided.
"""

from pathlib import Path

import pytest

import zeren
from zeren.cli.main import main
from zeren.engine.examples import Example, examples, missing_examples, run
from zeren.engine.language.plan import Plan
from zeren.engine.pack import Pack
from zeren.graphs.structure import KINDS, RULES, rules, structure
from zeren.models.problems import Problems
from zeren.reports import structure as report
from zeren.reports.page import Style

HERE = Path(__file__).parent
PACK = Pack()
CASES = sorted((HERE / "structures").glob("*.yaml"))


def _expected(path: Path) -> list[tuple[str, str, frozenset[str]]]:
    line = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# expect:")
    words = [part.split() for part in line.split(";") if part.strip()]
    return sorted((("unknown", *_fault(one[1:])) if one[0] == "?" else ("fail", *_fault(one)) for one in words), key=str)


def _fault(words: list[str]) -> tuple[str, frozenset[str]]:
    return words[0], frozenset(words[1:])


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_has_this_fault_and_no_other(path: Path) -> None:
    org = zeren.load(path)
    found = structure(org, PACK, zeren.moment(org)).findings
    assert sorted(((one.outcome.value, one.kind, frozenset(one.subjects)) for one in found), key=str) == _expected(path)
    for one in found:
        assert one.message
        assert one.fix
        assert one.basis
        assert one.sources
        assert all(source.line for source in one.sources)


def test_every_kind_has_a_case() -> None:
    assert {kind for path in CASES for _, kind, _ in _expected(path)} == set(KINDS)


def test_a_city_where_all_is_well_has_none() -> None:
    org = zeren.load(HERE.parents[1] / "scenarios" / "01-完整城市" / "org")
    assert structure(org, PACK, zeren.moment(org)).findings == ()


def test_ids_stay_and_output_repeats() -> None:
    org = zeren.load(HERE / "structures" / "县长兼局长.yaml")
    first, second = (structure(org, PACK, zeren.moment(org)) for _ in range(2))
    assert report.render_json(first) == report.render_json(second)
    assert len({one.id for one in first.findings}) == len(first.findings)


def test_terminal_text_says_what_where_and_how_to_mend() -> None:
    org = zeren.load(HERE / "structures" / "县长兼局长.yaml")
    text = report.render(structure(org, PACK, zeren.moment(org)), Style())
    for words in ("单点失效（1）", "P2 一人", "改法", "县长兼局长.yaml:", "惯例", zeren.NOTICE):
        assert words in text


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["structure", str(HERE / "structures" / "局长空缺.yaml")]) == 1
    assert "JGU-002" in capsys.readouterr().out
    assert main(["structure", str(HERE / "structures" / "样样齐全.yaml"), "-f", "json"]) == 0
    assert '"findings": []' in capsys.readouterr().out
    assert main(["structure", "没有这个文件.yaml"]) == 2


# -- the rules -------------------------------------------------------------------------------------------------------

STRUCTURE = rules(PACK)
OWN = [id for id in STRUCTURE.rule_files if id not in PACK.rule_files]


def _plan(id: str) -> Plan:
    problems = Problems()
    found = STRUCTURE.plan(id, problems, whole=True)
    assert not list(problems), "\n".join(map(str, problems))
    assert found is not None
    return found


def test_the_rules_of_structure_are_not_part_of_a_check() -> None:
    assert OWN
    assert set(OWN) < set(RULES) <= set(STRUCTURE.rule_files)
    assert all(not missing_examples(_plan(id)) for id in OWN)


@pytest.mark.parametrize(("plan", "example"), [
    pytest.param(plan, example, id=example.name) for plan in map(_plan, OWN) for example in examples(plan)])
@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_example_holds(plan: Plan, example: Example, engine: str) -> None:
    verdict = run(example, plan, STRUCTURE, engine)
    assert not verdict.problem, f"{example.place}: {verdict.problem}"


def test_the_package_offers_it() -> None:
    found = zeren.structure(zeren.load(HERE / "structures" / "上下级绕圈.yaml"))
    assert [one.kind for one in found.by("循环上报")] == ["循环上报"]
    assert not found.by("单点失效")
