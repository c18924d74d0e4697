"""Accident grades by the table of the accident's date (生产安全事故报告和调查处理条例 第三条, in ``table.事故等级``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from zeren.engine.derive.closures import holds
from zeren.models.facts import Fact, Facts, Value

TABLE: Final = "table.事故等级"
#: The kinds of incidents that have no grade: notices of hazards and of fire prevention.
UNGRADED: Final = ("隐患通报", "防火通报", "自然灾害", "森林火灾", "食物中毒")
_REGIMES: Final = ("一般规定", "旧分级")


def grades(facts: Facts) -> Iterator[Fact]:
    """Yield ``graded`` for each accident: the highest grade that a known figure reaches.

    ``bound`` is 确定 where all figures are stated, else 下界: an unknown figure is never a zero.
    """
    table = [row for row in facts.records(TABLE) if row["regime"] in _REGIMES]
    for incident in facts.records("incident"):
        if incident["kind"] in UNGRADED:
            continue
        figures = criteria(incident)
        reached = [row for row in table if _reached(row, figures, incident["at"])]
        if not reached:
            continue
        top = max(reached, key=lambda row: row["rank"] or 0)
        bound = "下界" if None in figures.values() else "确定"
        yield Fact("graded", (incident["id"], top["grade"], top["rank"], bound))


def criteria(incident: Mapping[str, Value]) -> dict[str, Decimal | None]:
    """The figures of the grading table; the missing count with the dead."""
    deaths, missing = _number(incident["deaths"]), _number(incident["missing"])
    known = [figure for figure in (deaths, missing) if figure is not None]
    return {
        "死亡": sum(known, Decimal(0)) if known else None,
        "重伤": _number(incident["serious_injuries"]),
        "直接经济损失": _number(incident["direct_loss"]),
    }


def _number(value: Value) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _reached(row: Mapping[str, Value], figures: Mapping[str, Decimal | None], at: Value) -> bool:
    figure, low, high = figures.get(str(row["criterion"])), row["min"], row["max"]
    if figure is None or not isinstance(at, int) or not holds(row["since"], row["until"], at):
        return False
    return (not isinstance(low, Decimal) or figure >= low) and (not isinstance(high, Decimal) or figure < high)
