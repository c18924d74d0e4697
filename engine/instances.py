"""Judged duty instances: what evaluation yields and everything else (reports, duties, explanations) reads."""

from __future__ import annotations

from dataclasses import dataclass

from zeren.engine.language.plan import Plan
from zeren.engine.ledgers import Ask
from zeren.engine.outcome import Outcome, Signs
from zeren.models.facts import Fact, Value
from zeren.models.moments import format_duration


@dataclass(frozen=True, slots=True)
class Instance:
    """One duty instance and its outcome.

    ``evidence`` are the facts that prove fulfilment or breach; ``missing`` the names of the unmet parts of an ``all``;
    ``asks`` the ledgers without which the instance is undecided; ``due``/``done``/``late_by`` are seconds.
    ``waiver`` is the waiver that excepts it, or the expired one (see ``expired``); ``exemption`` the number of the
    ``unless`` entry that matched. ``named`` are variables of the breach or witness that the message mentions.
    """

    plan: Plan
    values: tuple[Value, ...]
    outcome: Outcome
    signs: Signs
    evidence: tuple[Fact, ...] = ()
    missing: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    due: int | None = None
    done: int | None = None
    waiver: Fact | None = None
    expired: bool = False
    exemption: int | None = None
    named: tuple[tuple[str, Value], ...] = ()

    @property
    def rule_id(self) -> str:
        """The id of the rule."""
        return self.plan.rule.id

    @property
    def bearer(self) -> str:
        """The unit or post that owes the duty."""
        return str(self.values[0])

    @property
    def per(self) -> tuple[Value, ...]:
        """The other values of the key."""
        return self.values[1 : 1 + len(self.plan.rule.per)]

    @property
    def key(self) -> tuple[Value, ...]:
        """Bearer and per."""
        return self.values[: 1 + len(self.plan.rule.per)]

    @property
    def late_by(self) -> int | None:
        """By how many seconds the witness came late."""
        if self.due is None or self.done is None or self.done <= self.due:
            return None
        return self.done - self.due

    def told(self) -> dict[str, Value]:
        """What a message may name: the fields, what was found, ``due``, and in words ``late_by`` and ``missing``."""
        late = format_duration(self.late_by) if self.late_by is not None else None
        return {"due": self.due, "late_by": late, "missing": "、".join(self.missing) or None, **dict(self.named), **self.bindings()}

    def bindings(self) -> dict[str, Value]:
        """The fields of the instance by variable name."""
        return dict(zip(self.plan.fields, self.values, strict=True))
