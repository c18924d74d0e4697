"""The meaning of the language, construct by construct: tiny rules over tiny organisations, on both engines.

Each file in ``semantics`` holds a rule (or ``rules``), an organisation that its cases share (``org``) and ``cases``.
A case adds to the organisation (lists are joined) and says what must come out: ``expect`` has every instance by its
key, and nothing else; ``evidence`` (ids, or first columns), ``asks``, ``missing`` and ``late`` where they matter.
To add a case, add it to a file.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from zeren.engine.evaluate import Evaluation
from zeren.engine.instances import Instance
from zeren.engine.language.rule import KEYS
from zeren.engine.pack import Pack
from zeren.models.facts import written
from zeren.models.moments import format_duration, format_moment, year_start
from zeren.models.organisation import build
from zeren.models.yaml_text import parse, read

HERE = Path(__file__).with_name("semantics")
DEFAULTS = {
    "title": "试", "mechanism": "试", "modality": "义务", "severity": "一般", "basis": [{"custom": "试"}],
    "message": "试", "doc": "试",
}  # fmt: skip


def _cases() -> Iterator[Any]:
    for path in sorted(HERE.glob("*.yaml")):
        whole: Any = read(path).plain()
        names = [case["is"] for case in whole["cases"]]
        assert len(set(names)) == len(names), f"{path.name}: two cases of one name"
        for case in whole["cases"]:
            yield pytest.param(whole, case, id=f"{path.stem}-{case['is']}")


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def _pack(whole: dict[str, Any], folder: Path, profile: str | None) -> tuple[Pack, list[str]]:
    rules = dict(whole.get("rules") or {"T-001": whole["rule"]})
    for id, rule in rules.items():
        full = {**DEFAULTS, **rule, "id": id}
        _write(folder / "试" / f"{id}.yaml", {key: full[key] for key in KEYS if key in full})
    for name, table in (whole.get("tables") or {}).items():
        _write(folder / "tables" / f"{name}.yaml",
               {"table": name, "label": name, "basis": [{"custom": "试"}], "confidence": "惯例", **table})
    for name, values in (whole.get("profiles") or {}).items():
        _write(folder / "profiles" / f"{name}.yaml", {"profile": name, "extends": "默认", "values": values})
    for file in ("parameters", "measures"):
        if file in whole:
            _write(folder / f"{file}.yaml", [{"label": "试", **entry} for entry in whole[file]])
    return Pack([folder], profile), sorted(rules)


def _joined(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in more.items():
        if isinstance(value, list):
            result[key] = [*result.get(key, []), *value]
        elif isinstance(value, dict):
            result[key] = _joined(result.get(key, {}), value)
        else:
            result[key] = value
    return result


def _name(one: Instance, several: bool) -> str:
    return " ".join([one.rule_id] * several + [written(value) or "" for value in one.key])


def _told(found: Evaluation, several: bool, part: str) -> dict[str, Any]:
    def of(one: Instance) -> Any:
        if part == "evidence":
            return sorted(str(fact.values[0]) for fact in one.evidence)
        if part == "asks":
            return sorted(f"{ask.holder} {ask.kind} {format_moment(ask.start)} {format_moment(ask.end)}" for ask in one.asks)
        if part == "late":
            return format_duration(one.late_by) if one.late_by is not None else None
        return list(one.missing)

    return {_name(one, several): of(one) for one in found.instances}


@pytest.mark.parametrize(("whole", "case"), list(_cases()))
def test_case(whole: dict[str, Any], case: dict[str, Any], tmp_path: Path, both: Any) -> None:
    pack, ids = _pack(whole, tmp_path, case.get("profile"))
    text = json.dumps(_joined(whole.get("org", {}), case.get("org", {})), ensure_ascii=False)
    org = build(parse(text, "例.yaml"))
    assert org.on is not None, "the case has no date"
    since = org.since if org.since is not None else year_start(org.on)
    found = both(org.facts, pack, pack.plans(ids), org.on, since)
    several = len(ids) > 1
    mine: Sequence[Instance] = [one for one in found.instances if one.rule_id in ids]
    assert {_name(one, several): one.outcome.value for one in mine} == (case.get("expect") or {})
    for part in ("evidence", "asks", "missing", "late"):
        told = _told(found, several, part)
        for name, wanted in (case.get(part) or {}).items():
            assert told[name] == (sorted(wanted) if isinstance(wanted, list) and part != "missing" else wanted), part


def test_a_case_can_fail() -> None:
    assert len(list(_cases())) > 100  # the folder was found
