"""责任倒查四问: investment, arrangement, supervision, urging. Each is answered by what is recorded, never by its absence alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zeren.engine.chain.matter import Matter
from zeren.engine.ledgers import Ask
from zeren.models.facts import Facts


def questions(matter: Matter, regulators: Iterable[str]) -> tuple[tuple[tuple[str, str], ...], tuple[Ask, ...]]:
    """The four questions with their answers, and the papers without which they stay open. ``regulators`` are units of the chain."""
    sides = {"企业": sorted(unit for unit, parts in matter.parties.items() if not parts <= {"受害", "属地", "监管"}),
             "监管": sorted(regulators)}
    wanted: dict[str, list[tuple[str, str, str]]] = {}
    for row, _ in matter.table("倒查四问"):
        wanted.setdefault(str(row["question"]), []).append((str(row["side"]), str(row["relation"]), str(row["kind"])))
    chosen = [str(value) for value in matter.parameter("evidence_matrix", "责任倒查四问")]
    answers, asks = [], set[Ask]()
    for question in chosen:
        found, missing = [], []
        for side, relation, kind in wanted.get(question, ()):
            count = sum(_count(matter, unit, relation, kind) for unit in sides[side])
            if count:
                found.append(f"{side}{kind} {count} 件")
            elif (gaps := list(_open(matter, sides[side], kind))):
                missing.append((f"{side}{kind}", gaps))
        if not found:  # what is recorded answers the question as far as it goes; the papers are needed where nothing is
            asks.update(ask for _, gaps in missing for ask in gaps)
        text = "有记载：" + "、".join(found) if found else "没有记载"
        if missing:
            text += "；台账未提供，待调取：" + "、".join(name for name, _ in missing)
        elif not found:
            text += "，有关台账已声明齐全"
        answers.append((question, text))
    return tuple(answers), tuple(sorted(asks))


def _count(matter: Matter, unit: str, relation: str, kind: str) -> int:
    start, end = matter.window
    holder = "actor" if relation == "record" else "issuer"
    owners = [unit, *(str(row["id"]) for _, row in matter.facts.where("post", "unit", unit))]
    papers, at = matter.facts.of(relation), matter.facts.schema[relation].names.index("at")
    found = [papers[place].values for run in matter.facts.among(relation, {holder: owners, "kind": (kind,)}) for place in run]
    return len({values[0] for values in found if isinstance(moment := values[at], int) and start <= moment <= end})


def _open(matter: Matter, units: Iterable[str], kind: str) -> Iterator[Ask]:
    start, end = matter.window
    for unit in units:
        if not closed(matter.facts, unit, kind, start, end):
            yield Ask(unit, kind, start, end)


def closed(facts: Facts, holder: str, kind: str, start: int, end: int) -> bool:
    """Whether a declared ledger of one holder covers the whole window."""
    spans = sorted(((row["since"], row["until"]) for _, row in facts.where("ledger", "holder", holder) if row["kind"] == kind),
                   key=lambda span: span[0] if isinstance(span[0], int) else -(10**12))
    reached = start
    for since, until in spans:
        if isinstance(since, int) and since > reached:
            break
        reached = max(reached, until if isinstance(until, int) else 10**12)
    return reached >= end and bool(spans)
