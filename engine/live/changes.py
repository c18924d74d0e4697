"""What a session tells: the duty instances whose outcome changed, why, and which facts caused it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from zeren.engine.instances import Instance
from zeren.engine.outcome import Outcome
from zeren.models.facts import Fact, written
from zeren.models.moments import format_moment


class Reason(StrEnum):
    """Why a change is told."""

    NEW = "new"
    FULFILLED = "fulfilled"
    BREACHED = "breached"
    OVERDUE = "overdue"
    REOPENED = "re-opened"
    WARNED = "warned"
    EXCEPTED = "excepted"
    ERROR = "error"
    GONE = "gone"

    @property
    def label(self) -> str:
        """The reason in Chinese."""
        return _LABELS[self]


_LABELS: Final = {
    Reason.NEW: "新增", Reason.FULFILLED: "履行", Reason.BREACHED: "不符合", Reason.OVERDUE: "逾期", Reason.REOPENED: "重新待办",
    Reason.WARNED: "临期", Reason.EXCEPTED: "豁免", Reason.ERROR: "规则错误", Reason.GONE: "不再适用",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A duty instance whose outcome changed, or that is due soon (``warned``).

    ``before`` and ``after`` are its outcomes (nothing where there was, or is, no instance); ``at`` the moment of the change in
    seconds; ``instance`` as it is now, or was last; ``causes`` the facts of the event that led to it, none where time alone did;
    ``message`` says it in a sentence that is true of the outcome, ``fix`` is what the rule advises where something is wrong or due,
    ``bearer_label`` how the bearer is shown.
    """

    reason: Reason
    before: Outcome | None
    after: Outcome | None
    at: int
    instance: Instance
    causes: tuple[Fact, ...]
    bearer_label: str
    message: str
    fix: str

    @property
    def rule(self) -> str:
        """The id of the rule."""
        return self.instance.rule_id

    @property
    def bearer(self) -> str:
        """Who owes the duty."""
        return self.instance.bearer

    @property
    def per(self) -> tuple[str | None, ...]:
        """The other values of the key, as written."""
        return tuple(written(value) for value in self.instance.per)


def sentence(why: Reason, one: Instance, bearer: str, message: str) -> str:
    """What changed, in a sentence: the ``message`` of the rule only where it is true or threatens to be."""
    if why is not Reason.GONE and (one.outcome in (Outcome.FAIL, Outcome.UNKNOWN) or why is Reason.WARNED):
        soon = f"（期限 {format_moment(one.due)}）" if why is Reason.WARNED and one.due is not None else ""
        asked = "还缺材料，不能判断是否：" if one.outcome is Outcome.UNKNOWN else ""
        return f"{asked}{message}{soon}"
    per = "、".join(word for value in one.per if (word := written(value)))
    return f"{bearer}：{one.plan.rule.title}" + (f"（{per}）" if per else "")


def reason(before: Instance | None, after: Instance | None, on: int) -> Reason | None:
    """Why an instance is told of, if its outcome changed.

    ``overdue``: a due date passed with nothing found. ``breached``: any other way into 不符合. ``re-opened``: what was settled is open
    again, or a settled pass or exemption no longer holds.
    """
    if before is None or after is None:
        return Reason.GONE if after is None else Reason.NEW
    if before.outcome is after.outcome:
        return None
    settled = before.outcome in (Outcome.PASS, Outcome.EXCEPTED)
    if after.outcome is Outcome.ERROR:
        return Reason.ERROR
    if after.outcome is Outcome.PASS:
        return Reason.FULFILLED
    if after.outcome is Outcome.EXCEPTED:
        return Reason.EXCEPTED
    if after.outcome is Outcome.FAIL and (after.signs.forbidden or after.late_by is not None):
        return Reason.BREACHED
    if before.outcome is Outcome.PENDING and after.outcome in (Outcome.FAIL, Outcome.UNKNOWN) and _over(after, on):
        return Reason.OVERDUE
    return Reason.REOPENED if settled or after.outcome in (Outcome.PENDING, Outcome.UNKNOWN) else Reason.BREACHED


def _over(one: Instance, on: int) -> bool:
    return one.due is not None and one.due <= on + 1
