"""Graphs and neighbourhoods from the edges of a network: of the whole organisation, or around a focus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from zeren.graphs.network import AUTHORITIES, SUPERVISED, Edge, Network, Node

if TYPE_CHECKING:
    import networkx as nx

    Graph = nx.MultiDiGraph[Node]


def built(network: Network, nodes: Iterable[Node] | None = None) -> Graph:
    """The graph of all units and posts, or of ``nodes`` and whatever has an edge to one of them."""
    import networkx as nx

    graph: Graph = nx.MultiDiGraph()
    if nodes is None:
        nodes = [*(("unit", own) for own in network.units), *(("post", own) for own in network.offices),
                 *(("industry", str(own)) for (own,) in network.facts.columns("industry", "id")),
                 *(("territory", own) for own in network.parents)]  # fmt: skip
    for node in nodes:
        graph.add_node(node)
        for edge in network.into(node):
            graph.add_edge(edge.source, edge.target, key=(edge.kind, edge.note), kind=edge.kind, edge=edge)
    return graph


def ancestors(network: Network, focus: Node, kinds: Iterable[str] | None = None) -> list[Edge]:
    """All edges on the ways that lead to ``focus``, nearest first; ``kinds`` limits the edges that are followed."""
    chosen = None if kinds is None else frozenset(kinds)
    seen, queue, found = {focus}, [focus], dict[tuple[Node, Node, str, str], Edge]()
    for node in queue:
        for edge in network.into(node):
            if chosen is None or edge.kind in chosen:
                found.setdefault(edge.key, edge)
                if edge.source not in seen:
                    seen.add(edge.source)
                    queue.append(edge.source)
    return list(found.values())


def outgoing(network: Network, focus: Node) -> list[Edge]:
    """The edges that start at a node; only those nodes are looked at that it can reach in one step."""
    found: dict[tuple[Node, Node, str, str], Edge] = {}
    for target in _candidates(network, focus):
        for edge in network.into(target):
            if edge.source == focus:
                found.setdefault(edge.key, edge)
    return list(found.values())


def _candidates(network: Network, focus: Node) -> Iterator[Node]:
    """The nodes at which an edge from ``focus`` can end, and some more; each once, in a fixed order."""
    sort, own = focus
    found: dict[Node, None] = {}
    if sort == "post":
        found.update(dict.fromkeys(target for target, rows in network.charges.items() if any(post == own for post, *_ in rows)))
    elif sort == "person":
        found.update(dict.fromkeys(("post", post) for post, rows in network.holders.items() if any(one == own for one, *_ in rows)))
    elif sort == "unit" and own in network.units:
        found.update(dict.fromkeys(("post", post) for post, *_ in network.posts.get(own, ())))
        found.update(dict.fromkeys(("unit", low) for low, _ in network.below.get(own, ())))
        for index in (network.pairs, network.links):
            found.update(dict.fromkeys(("unit", low) for low, rows in index.items() if any(source == own for source, *_ in rows)))
        roots: Sequence[str | None] = [place for _, _, place, *_ in network.mandates.get(own, ())]
        if network.units[own].kind in (*AUTHORITIES, "村居"):
            roots = [*roots, network.units[own].place]
        for root in dict.fromkeys(roots):
            for place in network.within(root) if root is not None else ():
                found.update(dict.fromkeys(
                    ("unit", one) for one in network.residents.get(place, ()) if network.units[one].kind in SUPERVISED))
    return iter(found)
