"""The instances of a rule or measure, found again from a key, or from one fact that is new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from zeren.engine.backends.base import Row
from zeren.engine.language.plan import Query
from zeren.engine.language.syntax import AtLeast, Atom, Step, atoms
from zeren.engine.live.matching import Chain, Enough, Next
from zeren.engine.live.prepare import joined, prepared
from zeren.engine.live.store import Node, forget
from zeren.models.facts import Fact, Value, sort_key

if TYPE_CHECKING:
    from zeren.engine.live.network import Network

Key = tuple[Value, ...]
#: The outputs of a match, and the matched facts, one per pattern in written order (for ``at_least`` a group per inner pattern).
Hit = tuple[tuple[Value, ...], tuple[Fact | tuple[Fact, ...], ...]]
Rewrite = Callable[[tuple[Step, ...]], tuple[Step, ...]]


class Scoped:
    """One node per key of a scope; ``fields`` begin with the key, which has ``width`` columns.

    ``visible`` may narrow prepared patterns (to what earlier layers found).
    """

    def __init__(self, network: Network, stage: int, fields: Sequence[str], width: int, scope: Iterable[Query], visible: Rewrite) -> None:
        self.network, self.stage, self.fields, self.width = network, stage, tuple(fields), width
        self.nodes: dict[Key, Node] = {}
        self._visible = visible
        self._scope = [visible(prepared(query.steps, ())) for query in scope]
        #: Made when the first fact of a relation comes: most relations of most rules never get one.
        self._seeds: dict[str, list[Chain]] = {}
        self._again: dict[tuple[bool, ...], list[Chain]] = {}
        self._hits: dict[int, tuple[Query, Chain, list[Hit]]] = {}
        self._found: dict[Key, bool] = {}
        #: The relations whose facts may bring instances.
        self.relations = frozenset(atom.relation for steps in self._scope for atom in atoms(steps))

    # -- which instances there are ---------------------------------------------------------------------------------

    def start(self) -> list[Node]:
        """A node for every key that there is, or that time alone may bring."""
        names = self.fields[: self.width]
        for steps in self._scope:
            chain = self.network.matcher.chain(steps, (), self._collect(names), possible=True, timeless=True, once=names)
            chain.run(chain.start(self.network.on), True)
        return self._reached()

    def reach(self, fact: Fact) -> list[Node]:
        """The nodes of the instances that a new fact has a part in."""
        if fact.relation not in self._seeds:
            self._seeds[fact.relation] = list(self._seeded(fact.relation))
        for chain in self._seeds[fact.relation]:
            env = chain.start(self.network.on)
            env[chain.slots["#seed"]] = fact
            chain.run(env, True)
        return self._reached()

    def _reached(self) -> list[Node]:
        found, self._found = self._found, {}
        return [self.nodes.get(key) or self.nodes.setdefault(key, Node(self.stage, self, key)) for key in found if key[0] is not None]

    def _seeded(self, relation: str) -> Iterator[Chain]:
        """The chains that start from a fact of a relation; one inside ``at_least`` stands for all of that list."""
        names = self.fields[: self.width]
        for steps in self._scope:
            for at, step in enumerate(steps):
                inner: tuple[Step, ...] = (step,) if isinstance(step, Atom) else step.of if isinstance(step, AtLeast) else ()
                for place, atom in enumerate(inner):
                    if isinstance(atom, Atom) and atom.relation == relation:
                        yield self.network.matcher.chain((*steps[:at], *inner, *steps[at + 1:]), (), self._collect(names), possible=True,
                                                         timeless=True, seed=at + place, once=names)

    def rows(self, key: Key) -> list[Row]:
        """The fields of the instances with this key, in the order of their values; tracked."""
        mask = tuple([value is not None for value in key])
        if mask not in self._again:
            stated = [name for name, there in zip(self.fields, mask, strict=False) if there]
            self._again[mask] = [self.network.matcher.chain(steps, stated, self._collect(self.fields), possible=True, once=self.fields)
                                 for steps in self._scope]
        given = [value for value in key if value is not None]
        for chain in self._again[mask]:
            env = chain.start(self.network.on)
            env[1:1 + len(given)] = given
            chain.run(env, True)
        found, self._found = self._found, {}
        return [Row(values, found[values]) for values in sorted(found, key=sort_key) if values[: self.width] == key]

    def _collect(self, names: Sequence[str]) -> Callable[[dict[str, int]], Next]:
        """Collect the values of ``names``; once they are sure to match, another match of them is not wanted."""
        def last(slots: dict[str, int]) -> Next:
            places = [slots[name] for name in names]

            def emit(env: list[Any], certain: bool) -> None:
                values = tuple([env[at] for at in places])
                self._found[values] = certain or self._found.get(values, False)
                if certain:
                    raise Enough

            return emit

        return last

    # -- what is found for one of them -------------------------------------------------------------------------------

    def hits(self, query: Query, values: Key) -> list[Hit]:
        """All matches of ``query`` for the instance with these fields; tracked."""
        if id(query) not in self._hits:
            self._hits[id(query)] = self._compiled(query)
        _, chain, found = self._hits[id(query)]
        found.clear()
        env = chain.start(self.network.on)
        env[1:1 + len(values)] = values
        chain.run(env, True)
        return list(found)

    def _compiled(self, query: Query) -> tuple[Query, Chain, list[Hit]]:
        steps = self._visible(prepared(joined(query.steps, self.fields, query.outputs), self.fields))
        found: list[Hit] = []

        def last(slots: dict[str, int]) -> Next:
            outputs = [slots[name] for name in query.outputs]
            facts = [(slots[f"#{at}"], isinstance(step, AtLeast)) for at, step in enumerate(steps) if isinstance(step, Atom | AtLeast)]

            def emit(env: list[Any], certain: bool) -> None:  # noqa: ARG001
                matched: list[Fact | tuple[Fact, ...]] = []
                for at, group in facts:
                    if group:
                        matched.extend(env[at])
                    else:
                        matched.append(env[at])
                found.append((tuple([env[at] for at in outputs]), tuple(matched)))

            return emit

        return query, self.network.matcher.chain(steps, self.fields, last), found

    def drop(self, node: Node) -> None:
        """Forget a node that only a new fact can bring back."""
        forget(node)
        self.nodes.pop(node.key, None)
