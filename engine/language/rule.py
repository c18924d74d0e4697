"""A rule as its author wrote it, read and checked (design §4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from zeren.engine.language.syntax import Expr, Item
from zeren.models.nodes import Node
from zeren.models.problems import NOWHERE, Place

#: The keys of a rule, in the order in which they are written.
KEYS: Final = (
    "id", "title", "mechanism", "modality", "status", "severity", "since", "until", "item", "basis",
    "for", "bearer", "per", "need", "unless", "forbid", "done", "due", "relies", "concerns", "layer",
    "message", "fix", "doc", "examples",
)
STATUSES: Final = ("experimental", "stable", "deprecated")
LAYERS: Final = (
    "企业主体", "承包发包", "产权出租", "集团出资", "中介", "行业主管", "综合监管", "专项监管", "审批检查验收",
    "村居", "园区", "属地政府", "属地党委",
)


@dataclass(frozen=True, slots=True, order=True)
class Basis:
    """Where a rule or a number comes from: a fact of law, a statement of the sources, or custom (惯例)."""

    kind: str
    ref: str

    def __str__(self) -> str:
        return self.ref if self.kind != "custom" else f"惯例：{self.ref}"


@dataclass(frozen=True, slots=True)
class Unless:
    """An exemption with its own basis."""

    when: tuple[Item, ...]
    basis: tuple[Basis, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Relies:
    """A ledger that must be closed before the rule may say no; see docs/semantics.md.

    ``kinds`` are words or one variable; without ``start`` the ledger must hold at the moment of judgement.
    """

    holder: Expr
    kinds: tuple[Expr, ...]
    start: Expr | None = None
    end: Expr | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One duty, prohibition, warning or attribution. ``scope`` is the author's ``for``. As text it is its id."""

    id: str
    title: str
    mechanism: str
    modality: str
    status: str
    severity: str
    basis: tuple[Basis, ...]
    scope: tuple[Item, ...]
    bearer: str
    message: str
    per: tuple[str, ...] = ()
    need: tuple[Item, ...] = ()
    unless: tuple[Unless, ...] = ()
    forbid: tuple[Item, ...] = ()
    due: Expr | None = None
    done: str | None = None
    relies: tuple[Relies, ...] = ()
    concerns: tuple[str, ...] = ()
    layer: str | None = None
    since: int | None = None
    until: int | None = None
    item: str | None = None
    fix: str = ""
    doc: str = ""
    place: Place = field(default=NOWHERE, compare=False)
    source: Node | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return self.id

    @property
    def key(self) -> tuple[str, ...]:
        """The variables that identify a duty instance of this rule."""
        return (self.bearer, *self.per)
