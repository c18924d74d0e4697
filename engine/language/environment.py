"""What is known about variables while a rule is read: type, what ids they hold, how often they are used."""

from __future__ import annotations

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
    """The variables bound so far in one list of patterns."""

    known: dict[str, Known] = field(default_factory=lambda: {ON: Known(Type.MOMENT)})
    uses: dict[str, int] = field(default_factory=dict)

    def child(self) -> Environment:
        """A copy for a branch; uses are counted together."""
        return Environment(dict(self.known), self.uses)

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
