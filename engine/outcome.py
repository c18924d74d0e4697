"""The one step that is not monotone: what the found and missing matches of a duty instance amount to (design §2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """The outcome of a duty instance; ``not_applicable`` only answers a query without an instance."""

    ERROR = "error"
    EXCEPTED = "excepted"
    FAIL = "fail"
    PASS = "pass"
    PENDING = "pending"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        """The outcome in Chinese."""
        return LABELS[self]


LABELS: Final = {
    Outcome.ERROR: "规则错误", Outcome.EXCEPTED: "已豁免", Outcome.FAIL: "不符合", Outcome.PASS: "符合",
    Outcome.PENDING: "未到期", Outcome.UNKNOWN: "证据不足", Outcome.NOT_APPLICABLE: "不适用",
}


class Witness(StrEnum):
    """What was found for one demand: nothing, a match in time, a late one, or one whose moment is not stated."""

    NONE = "none"
    IN_TIME = "in_time"
    LATE = "late"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Demand:
    """One part of ``need``: what was found, and whether the ledgers that it relies on are closed."""

    witness: Witness
    closed: bool


@dataclass(frozen=True, slots=True)
class Signs:
    """All that the outcome of an instance depends on.

    ``certain``: the trigger met no missing value. ``reached``: the duty is due (missing where the moment is unknown).
    ``forbidden``: a ``forbid`` matched (missing where the rule has none), ``forbid_closed``: its ledgers are closed.
    """

    certain: bool = True
    exempt: bool = False
    waived: bool = False
    reached: bool | None = True
    demands: tuple[Demand, ...] = ()
    forbidden: bool | None = None
    forbid_closed: bool = True
    error: bool = False


def outcome(signs: Signs) -> Outcome:
    """Decide an instance, in the order of precedence of design §2.

    >>> outcome(Signs(demands=(Demand(Witness.NONE, closed=True),)))
    <Outcome.FAIL: 'fail'>
    """
    if signs.error:
        return Outcome.ERROR
    if signs.exempt:
        return Outcome.EXCEPTED
    found = _worst(_parts(signs)) if signs.certain else Outcome.UNKNOWN
    return Outcome.EXCEPTED if signs.waived and found in (Outcome.FAIL, Outcome.UNKNOWN) else found


def demand_outcome(demand: Demand, reached: bool | None) -> Outcome:
    """Decide one part of ``need``."""
    if demand.witness is Witness.IN_TIME:
        return Outcome.PASS
    if demand.witness is Witness.LATE:
        return Outcome.FAIL
    if reached is False:
        return Outcome.PENDING
    proven = demand.closed and reached is True and demand.witness is Witness.NONE
    return Outcome.FAIL if proven else Outcome.UNKNOWN


def _parts(signs: Signs) -> Iterable[Outcome]:
    for demand in signs.demands:
        yield demand_outcome(demand, signs.reached)
    if signs.forbidden is not None:
        yield _forbid_outcome(signs)


def _forbid_outcome(signs: Signs) -> Outcome:
    if signs.forbidden:
        return Outcome.FAIL
    if signs.reached is False:
        return Outcome.PENDING
    return Outcome.PASS if signs.forbid_closed else Outcome.UNKNOWN


def _worst(parts: Iterable[Outcome]) -> Outcome:
    found = set(parts)
    order = (Outcome.FAIL, Outcome.PENDING, Outcome.UNKNOWN, Outcome.PASS)
    return next((one for one in order if one in found), Outcome.PASS)


def coverage_state(outcomes: Iterable[Outcome]) -> str | None:
    """Sum up one cell of the coverage matrix: 未覆盖 if something failed, 覆盖 if all that is due is proven, else nothing."""
    found = set(outcomes)
    if Outcome.FAIL in found:
        return "未覆盖"
    settled = found - {Outcome.PENDING}
    return "覆盖" if settled and settled <= {Outcome.PASS, Outcome.EXCEPTED} else None
