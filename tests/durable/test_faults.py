"""Whatever the child process does, the result is the one of DuckDB, and a note says what happened."""

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zeren.cli.main import main
from zeren.engine import scenarios
from zeren.engine.audit import audit
from zeren.engine.backends.base import BackendError
from zeren.engine.backends.durable import process, sizes
from zeren.engine.backends.durable.backend import Durable
from zeren.engine.backends.durable.sizes import Limits
from zeren.engine.evaluate import Evaluation, evaluate
from zeren.engine.language.plan import Plan
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Facts
from zeren.models.moments import parse_moment
from zeren.models.organisation import load
from zeren.models.problems import UsageError

HERE = Path(__file__).parent
AT, ON = parse_moment("2024-03-01"), parse_moment("2024-06-30", "end")
PlanOf = Callable[[dict[str, Any]], tuple[Pack, Plan]]
RULES = ("AWH", "ZRS", "DZT", "QYZ")
DEMO = Path(scenarios.builtin(), "demo.yaml")
SAID = {
    "crash": "崩溃（SIGSEGV）", "hang": "超过 2 秒没有答复", "spin": "用满 2 秒 CPU", "liar": "的答复不能信",
    "silent": "不能运行", "half": "的答复残缺",
}  # fmt: skip


def _told(found: Evaluation) -> list[object]:
    return [(one.rule_id, one.values, one.outcome, [(fact.relation, fact.values) for fact in one.evidence]) for one in found.instances]


def _demo(engine: str, *only: str) -> Evaluation:
    org = load([DEMO])
    assert org.on is not None
    return audit(org, Pack(profile=org.profile or None), org.on, only or ["AWH"], engine=engine).evaluation


@pytest.mark.parametrize("name", SAID)
def test_a_child_that_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "CHILD", HERE / "children" / f"{name}.py")
    monkeypatch.setattr("zeren.engine.backends.durable.backend.Limits", lambda: Limits(seconds=2))
    monkeypatch.setattr(sizes, "FAILURES", 2)
    found = _demo("durable")
    assert _told(found) == _told(_demo("duckdb"))
    assert [note for note in found.notes if SAID[name] in note and "DuckDB" in note], found.notes


def test_an_answer_with_too_much_is_put_right(monkeypatch: pytest.MonkeyPatch, plan_of: PlanOf) -> None:
    """Every match is checked against the facts, so that a wrong one does no harm."""
    monkeypatch.setattr(process, "CHILD", HERE / "children" / "generous.py")
    pack, one = plan_of(
        {"for": [{"record": {"id": "$r", "kind": "检查", "actor": "$u"}}], "bearer": "$u", "per": ["$r"],
         "need": [{"record": {"ref": "$r", "kind": "整改", "actor": "$u"}}], "relies": [{"ledger": {"holder": "$u", "kind": "整改"}}]})  # fmt: skip
    rows = [("r0", "检查", "u0", None), ("r1", "检查", "u1", None), ("r2", "整改", "u0", "r0"), ("r3", "整改", "u0", "r1")]
    facts = Facts(Fact("record", (id, kind, AT, None, actor, None, None, ref)) for id, kind, actor, ref in rows)
    found = {engine: evaluate(facts, pack, [one], ON, AT, engine) for engine in ("durable", "reference")}
    assert _told(found["durable"]) == _told(found["reference"])
    assert [(one.key, one.outcome.value) for one in found["durable"].instances] == [(("u0", "r0"), "pass"), (("u1", "r1"), "unknown")]
    assert not found["durable"].notes


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real child, with less memory than durable-rules needs."""
    monkeypatch.setattr("zeren.engine.backends.durable.backend.Limits", lambda: Limits(memory=8 << 20))
    found = _demo("durable")
    assert _told(found) == _told(_demo("duckdb"))
    assert [note for note in found.notes if "用满 8 MB 内存" in note or "崩溃" in note], found.notes


def test_a_limit_of_the_caller_that_is_lower_holds() -> None:
    program = (f"import resource, sys; resource.setrlimit(resource.RLIMIT_AS, ({900 << 20}, {900 << 20}))\n"
               "from zeren.cli.main import main; sys.exit(main(sys.argv[1:]))")
    ended = subprocess.run([sys.executable, "-c", program, "check", str(DEMO), "--only", "AWH", "--engine", "durable"],
                           capture_output=True, text=True, check=False)
    assert (ended.returncode in (0, 1), "durable 的子进程" in ended.stderr) == (True, False), ended.stderr


@pytest.mark.parametrize("error", [MemoryError(), BackendError("Out of Memory Error: Failed to allocate block")])
def test_too_little_memory_is_no_fault_of_the_program(error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("zeren.engine.evaluate._backend", fail)
    assert main(["check", str(DEMO), "--engine", "duckdb"]) == 2
    assert "内存不够" in capsys.readouterr().err


def test_without_faults_there_is_no_note() -> None:
    found = _demo("durable")
    assert found.notes == ()
    assert _told(found) == _told(_demo("duckdb"))


def test_a_layer_of_rules_takes_a_few_children_and_where_that_fails_each_rule_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []
    whole, solve = process.Launcher.run, Durable._solve

    def counted(self: process.Launcher, rulesets: Any) -> Any:
        runs.append(len(rulesets))
        return whole(self, rulesets)

    def small(self: Durable, jobs: Any, possible: bool = False) -> Any:
        if len(jobs) > 3:
            raise process.Failed("太大")
        return solve(self, jobs, possible)

    monkeypatch.setattr(process.Launcher, "run", counted)
    together = _demo("durable", *RULES)
    few = len(runs)
    monkeypatch.setattr(Durable, "_solve", small)
    apart = _demo("durable", *RULES)
    assert _told(together) == _told(apart) == _told(_demo("duckdb", *RULES))
    assert 0 < few < len(runs) - few
    assert together.notes == ()
    assert all("太大" in note for note in apart.notes)


def test_the_command_tells_and_goes_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(DEMO), "--only", "AWH", "--engine", "duckdb", "-f", "json"]) in (0, 1)
    expected = capsys.readouterr().out
    monkeypatch.setattr(process, "CHILD", HERE / "children" / "crash.py")
    assert main(["check", str(DEMO), "--only", "AWH", "--engine", "durable", "-f", "json"]) in (0, 1)
    told = capsys.readouterr()
    assert told.out == expected
    assert "崩溃（SIGSEGV）" in told.err


def test_too_many_facts() -> None:
    facts = Facts(Fact("tag", (f"u{at}", "高危")) for at in range(sizes.ORGANISATION + 1))
    with pytest.raises(UsageError, match=r"至多 50,000 条事实.*50,001"):
        Durable(facts, 0)


def test_a_join_that_cannot_be_cut(monkeypatch: pytest.MonkeyPatch, plan_of: PlanOf) -> None:
    """Everybody's record against everybody's: no column holds them together."""
    monkeypatch.setattr(sizes, "PARTITION", 10)
    pack, one = plan_of(
        {"for": [{"record": {"id": "$r", "kind": "检查", "actor": "$u", "at": "$t"}}], "bearer": "$u", "per": ["$r", "$t"],
         "need": [{"record": {"kind": "整改", "at": {"ge": "$t"}}}], "relies": [{"ledger": {"holder": "$u", "kind": "整改"}}]})  # fmt: skip
    rnd = random.Random(1)
    facts = Facts(Fact("record", (f"r{n}", rnd.choice(["检查", "整改"]), AT + n, None, "u0", None, None, None)) for n in range(40))
    with pytest.raises(UsageError, match="record（") as error:
        evaluate(facts, pack, [one], ON, AT, "durable")
    assert "duckdb" in str(error.value)


def test_later_pythons(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 13, 1, "final", 0))
    assert main(["check", str(DEMO), "--engine", "durable"]) == 2
    assert "只在 Python 3.11、3.12 上运行，此处是 3.13" in capsys.readouterr().err


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(process, "find_spec", lambda name: None)
    assert main(["check", str(DEMO), "--engine", "durable"]) == 2
    assert "zeren[durable]" in capsys.readouterr().err
