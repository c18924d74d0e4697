"""Joins as the rules and facts of durable-rules, written so that none of its traps is stepped into (docs/durable.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from zeren.engine.backends.durable import sizes
from zeren.engine.backends.durable.candidates import Work
from zeren.engine.backends.durable.codes import fnv, identities
from zeren.engine.backends.durable.joins import ROWS, Join

#: The property that says what kind of fact it is, and the one that is always 1.
KIND: Final = "k"
ONE: Final = "_1"
#: The kind of the gate, the fact without which no rule can fire; it is asserted last.
GATE: Final = 0
#: A match: for each pattern of its join the index of a fact, nothing for rows that the join does not look at.
Tuple = tuple[int | None, ...]


class Ruleset:
    """Some joins over one set of facts. ``owners`` are what their matches belong to."""

    def __init__(self) -> None:
        self._works: list[tuple[int, Work]] = []
        #: What a match of each join must look like: the relations of its facts, and what stands for a row that nothing looks at.
        self._shapes: list[tuple[list[str], Tuple]] = []
        self._facts: set[tuple[str, int, int]] = set()
        self._alike: Counter[str] = Counter()
        self._identified: dict[int, tuple[str, int, int]] = {}

    @property
    def size(self) -> int:
        """How many facts there are."""
        return len(self._facts)

    def add(self, owner: int, work: Work) -> bool:
        """Take a join in, if the sizes allow."""
        facts = {(relation, -1 if relation else owner, index) for relation, index in work.facts}
        alike = self._alike + Counter(pattern.relation for pattern in work.join.patterns if pattern.relation)
        if self._works and (len(self._facts | facts) > sizes.PARTITION or len(self._works) == sizes.RULES
                            or max(alike.values(), default=0) > sizes.ALIKE):
            return False
        self._works.append((owner, work))
        self._shapes.append(_shape(work.join))
        self._facts |= facts
        self._alike = alike
        return True

    def data(self) -> dict[str, Any]:
        """The ruleset as plain data: its rules, its facts in the order of their numbers, and the gate."""
        kinds: dict[tuple[str, int], int] = {}
        columns: dict[int, dict[int, Any]] = {}
        rules = {}
        for number, (owner, work) in enumerate(self._works):
            patterns = work.join.patterns
            for at, pattern in enumerate(patterns):
                kind = kinds.setdefault((pattern.relation, -1 if pattern.relation else owner), len(kinds) + 1)
                used = {*pattern.stated, *(link[0] for link in pattern.links), *(one[0] for one in pattern.constants)}
                columns.setdefault(kind, {}).update({column: work.columns(at, column) for column in sorted(used)})
            rules[str(number)] = rule(work.join, [kinds[pattern.relation, -1 if pattern.relation else owner] for pattern in patterns])
        ordered = sorted(self._facts)
        numbers = identities(len(ordered) + 1)
        self._identified = dict(zip(numbers, ordered, strict=False))
        facts = []
        for id, (relation, owner, index) in self._identified.items():
            kind = kinds[relation, owner]
            cells = {f"c{at}": codes[index] for at, codes in columns[kind].items() if codes[index] is not None}
            facts.append({"id": id, KIND: kind, ONE: 1, **cells})
        gate = gate_of(numbers[-1])
        _distinct({name for fact in facts for name in fact} | {f"p{at}" for at in range(sizes.PATTERNS)})
        return {"rules": rules, "facts": facts, "gate": gate}

    def read(self, name: str, ids: Iterable[int]) -> tuple[int, Tuple]:
        """What a firing of the rule ``name`` says: the owner of the join, and the indices of the facts.

        Raises:
            ValueError: it cannot be, so that nothing this process said can be trusted.
        """
        try:
            owner, _ = self._works[int(name)]
            found = [self._identified[id] for id in ids]
        except (KeyError, IndexError, TypeError, ValueError):
            raise ValueError("答复中有不存在的规则或事实") from None
        relations, lead = self._shapes[int(name)]
        if [relation for relation, _, _ in found] != relations:
            raise ValueError("答复中的事实与规则不符")
        return owner, (*lead, *(index for _, _, index in found))


def _shape(join: Join) -> tuple[list[str], Tuple]:
    relations = [pattern.relation for pattern in join.patterns if pattern.relation or join.variables]
    return relations, () if join.patterns[0].relation != ROWS or join.variables else (None,)


def rule(join: Join, kinds: Sequence[int]) -> dict[str, Any]:
    """A join as a rule; ``kinds`` are those of its patterns. Rows that nothing looks at are left out.

    One fact may stand in several patterns (``dist 0``). The gate comes first, and each pattern ends with a test that is
    never false, because durable-rules reads on where the last one is.
    """
    patterns = []
    for at, (pattern, kind) in enumerate(zip(join.patterns, kinds, strict=True)):
        if pattern.relation or join.variables:
            tests: list[dict[str, Any]] = [{KIND: kind}]
            tests += [_test(f"c{column}", op, code) for column, op, code in pattern.constants]
            tests += [{"$ex": {f"c{column}": 1}} for column in sorted(pattern.stated)]
            tests += [_test(f"c{column}", op, {f"p{other + 1}": f"c{its}"}) for column, op, other, its in pattern.links]
            patterns.append({f"p{at + 1}": {"$and": [*tests, {"$gte": {ONE: {"p0": ONE}}}]}})
    return {"dist": 0, "all": [{"p0": {KIND: GATE}}, *patterns]}


def gate_of(id: int) -> dict[str, int]:
    """The gate under a number."""
    return {"id": id, KIND: GATE, ONE: 1}


def _test(column: str, op: str, operand: object) -> dict[str, Any]:
    return {column: operand} if op == "eq" else {f"${op}": {column: operand}}


def _distinct(names: set[str]) -> None:
    """Property names and aliases are told apart by a 32-bit hash alone."""
    assert len({fnv(name) for name in names}) == len(names), "names that durable-rules takes for one"


def pack(works: Iterable[tuple[int, Work]]) -> list[Ruleset]:
    """Put joins into as few rulesets as their sizes allow."""
    packed: list[Ruleset] = []
    for owner, work in works:
        if not packed or not packed[-1].add(owner, work):
            packed.append(Ruleset())
            packed[-1].add(owner, work)
    return packed


def children(rulesets: Iterable[Ruleset]) -> list[list[Ruleset]]:
    """Deal rulesets out to child processes."""
    dealt: list[list[Ruleset]] = []
    for one in rulesets:
        if not dealt or sum(other.size for other in dealt[-1]) + one.size > sizes.CHILD:
            dealt.append([])
        dealt[-1].append(one)
    return dealt
