"""What is known about variables while a rule is read: type, what ids they hold, how often they are used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from zeren.engine.language.expressions import ExpressionError
from zeren.engine.language.syntax import ON
from zeren.models.problems import NOWHERE, Place, nearest
from zeren.models.relations import Type


@dataclass(frozen=True, slots=True)
class Known:
    """A variable: its type, the relations whose ids it may hold (empty: any text), and where it was bound."""

    type: Type
    refers: frozenset[str] = frozenset()
    place: Place = NOWHERE


@dataclass(slots=True)
class Environment:
    """The variables bound so far in one list of patterns.

    ``uses`` and ``places`` count over the whole rule. ``local`` are the types of names that only some branches of an
    ``any``, or the groups of an ``all``, bind: not known below, but a mention there joins with them. ``grouped`` are
    those that every group of an ``all`` binds, for ``done`` and ``{x?}``.
    """

    known: dict[str, Known] = field(default_factory=lambda: {ON: Known(Type.MOMENT)})
    uses: dict[str, int] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    local: dict[str, set[Type]] = field(default_factory=dict)
    grouped: dict[str, Known] = field(default_factory=dict)

    def child(self) -> Environment:
        """A copy for a branch; uses are counted together."""
        return Environment(dict(self.known), self.uses, self.places, {name: set(types) for name, types in self.local.items()})

    def part(self) -> Environment:
        """A copy for another list of patterns, which sees only what is known."""
        return Environment(dict(self.known), self.uses, self.places)

    def bind(self, name: str, known: Known) -> None:
        """Bind a variable at its first mention."""
        self.known[name] = known
        self.places.setdefault(name, known.place)

    def leave(self, ends: Sequence[Environment]) -> dict[str, Known]:
        """End the branches ``ends``: what all of them bind is returned, what only some bind becomes local."""
        shared = set.intersection(*(set(end.known) for end in ends)) - set(self.known)
        for end in ends:
            for name in set(end.known) - set(self.known) - shared:
                self.local.setdefault(name, set()).add(end.known[name].type)
            for name, types in end.local.items():
                self.local.setdefault(name, set()).update(types)
        return {name: _merged([end.known[name] for end in ends]) for name in sorted(shared)}

    def use(self, name: str) -> None:
        """Count one mention of a variable."""
        self.uses[name] = self.uses.get(name, 0) + 1

    def type_of(self, name: str) -> Type:
        """Return the type of a bound variable and count the use.

        Raises:
            ExpressionError: nothing before this place binds the variable.
        """
        known = self.known.get(name)
        if known is None:
            near = nearest(name, self.known)
            raise ExpressionError(f"变量 ${name} 在此处之前没有绑定" + (f"（{near}）" if near else ""))
        self.use(name)
        return known.type


def _merged(branches: Sequence[Known]) -> Known:
    """What is known of a variable that several branches bind: any of the ids that one of them may hold."""
    refers = frozenset() if any(not one.refers for one in branches) else frozenset().union(*(one.refers for one in branches))
    return Known(branches[0].type, refers, branches[0].place)
