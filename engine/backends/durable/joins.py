"""From steps of our language to what durable-rules may be trusted with: which facts can stand together.

A join keeps only tests that every match must pass: equality, order and presence over codes. The rest of the language (lists,
spans, ``not``, arithmetic, counts, missing values) is left to the check of every match, so that a join may find too much, never too little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from zeren.engine.backends.durable import sizes
from zeren.engine.backends.durable.codes import Codes
from zeren.engine.language.syntax import ON, AtLeast, Atom, Compare, Const, Expr, Let, Step, Test, Var, atoms
from zeren.models.relations import Relation

#: The relation of the first pattern: the rows that a segment starts from, whose columns are variables.
ROWS: Final = ""
#: Comparisons over codes that hold wherever the comparison over values does.
_LOOSE: Final = {"eq": "eq", "lt": "lte", "le": "lte", "gt": "gte", "ge": "gte"}
_TURNED: Final = {"eq": "eq", "lte": "gte", "gte": "lte"}


@dataclass(frozen=True, slots=True)
class Segment:
    """Steps that are matched together: a run of at most a rule's patterns, or the inside of one ``at_least``."""

    steps: tuple[Step, ...]

    @property
    def inner(self) -> tuple[Step, ...]:
        """The steps whose atoms are joined."""
        first = self.steps[0]
        return first.of if isinstance(first, AtLeast) else self.steps

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """The patterns that are joined."""
        return tuple(atoms(self.inner))

    @property
    def counted(self) -> bool:
        """Whether this is an ``at_least``, which is judged over all candidates of a row at once."""
        return isinstance(self.steps[0], AtLeast)


@dataclass(slots=True)
class Pattern:
    """One pattern of a join: columns and codes that they are compared with, columns that must be stated, and links
    ``(column, comparison, other pattern, its column)`` to earlier patterns."""

    relation: str
    constants: list[tuple[int, str, int]] = field(default_factory=list)
    stated: set[int] = field(default_factory=set)
    links: list[tuple[int, str, int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Join:
    """The patterns of a segment, the rows first; ``variables`` are the columns of the rows."""

    patterns: tuple[Pattern, ...]
    variables: tuple[str, ...]


def segments(steps: Sequence[Step]) -> list[Segment]:
    """Cut a conjunction where a rule would have too many patterns, and around each ``at_least``."""
    found: list[Segment] = []
    run: list[Step] = []
    for step in steps:
        if isinstance(step, AtLeast):
            found += [Segment(tuple(run))] if run else []
            found.append(Segment((step,)))
            run = []
            continue
        if isinstance(step, Atom) and sum(isinstance(one, Atom) for one in run) == sizes.PATTERNS - 2:
            found.append(Segment(tuple(run)))
            run = []
        run.append(step)
    return [*found, Segment(tuple(run))] if run else found


def join(segment: Segment, known: Iterable[str], schema: Mapping[str, Relation], codes: Codes, on: int, possible: bool) -> Join:
    """Compile a segment that starts from rows with the variables ``known``.

    With ``possible`` a comparison may meet a missing value, so that only equality counts.
    """
    return _Compiler(frozenset(known) - {ON}, schema, codes, on, possible and not segment.counted).run(segment.inner)


class _Compiler:
    def __init__(self, known: frozenset[str], schema: Mapping[str, Relation], codes: Codes, on: int, possible: bool) -> None:
        self._known, self._schema, self._codes, self._on, self._possible = known, schema, codes, on, possible
        self._patterns = [Pattern(ROWS)]
        self._variables: list[str] = []
        #: Where a variable was bound first: pattern and column. Variables of ``let`` stand nowhere.
        self._homes: dict[str, tuple[int, int]] = {}
        self._computed: set[str] = set()

    def run(self, steps: Sequence[Step]) -> Join:
        for step in steps:
            if isinstance(step, Atom):
                self._atom(step)
            elif isinstance(step, Let):
                self._computed.add(step.name)
            elif isinstance(step, Compare) and not self._possible:
                self._compare(step)
        return Join(tuple(self._patterns), tuple(self._variables))

    def _atom(self, atom: Atom) -> None:
        self._patterns.append(Pattern(atom.relation))
        names = self._schema[atom.relation].names
        for test in atom.tests:
            if test.op not in ("at", "overlaps"):
                self._test(test, len(self._patterns) - 1, names.index(test.column))

    def _test(self, test: Test, at: int, column: int) -> None:
        first = test.operands[0]
        if test.op == "eq" and isinstance(first, Var) and self._unbound(first.name):
            self._homes[first.name] = (at, column)
        elif test.op == "present":
            if isinstance(first, Const) and first.value is True:
                self._patterns[at].stated.add(column)
        elif test.op in ("eq", "ne", "any") or not self._possible:
            self._patterns[at].stated.add(column)
            for op, operand in _bounds(test):
                self._held(at, column, op, operand)

    def _unbound(self, name: str) -> bool:
        return name != ON and name not in self._homes and name not in self._known and name not in self._computed

    def _compare(self, step: Compare) -> None:
        """A condition between two variables, or a variable and a literal, becomes a test of the later one's pattern."""
        op = _LOOSE.get(step.op)
        left, right = self._home(step.left), self._home(step.right)
        if op is None or (left is None and right is None):
            return
        if left is None or (right is not None and right > left):
            left, right, op, other = right, left, _TURNED[op], step.left
        else:
            other = step.right
        assert left is not None
        self._patterns[left[0]].stated.add(left[1])
        self._held(*left, op, other)

    def _home(self, expr: Expr) -> tuple[int, int] | None:
        """Where the value of a variable stands; rows get a column for a variable when it is first asked for."""
        if not isinstance(expr, Var) or expr.name == ON or expr.name in self._computed:
            return None
        if expr.name not in self._homes and expr.name in self._known:
            self._homes[expr.name] = (0, len(self._variables))
            self._variables.append(expr.name)
        return self._homes.get(expr.name)

    def _held(self, at: int, column: int, op: str, operand: Expr) -> None:
        """Note that a column is compared with an operand, where that can be said in codes."""
        pattern, home = self._patterns[at], self._home(operand)
        if isinstance(operand, Const) or operand == Var(ON):
            code = self._codes.code(operand.value if isinstance(operand, Const) else self._on)
            if code is not None:
                pattern.constants.append((column, op, code))
        elif home is not None and home[0] < at and len(pattern.links) < sizes.LINKS:
            self._patterns[home[0]].stated.add(home[1])
            pattern.links.append((column, op, *home))


def _bounds(test: Test) -> Iterator[tuple[str, Expr]]:
    """The comparisons of a test that codes can make."""
    if test.op == "in":
        yield from (("gte", test.operands[0]), ("lte", test.operands[1]))
    elif test.op in _LOOSE:
        yield _LOOSE[test.op], test.operands[0]
