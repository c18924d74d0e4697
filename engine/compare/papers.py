"""Ask only for what is missing: the order of papers in which each next one decides the most 证据不足 instances.

An instance waits for a set of ledgers, and is decided when all of them are there. Choosing papers so that a few decide many is a form
of set cover, for which no fast exact method is known; here the bundle that decides the most instances per paper goes first
(the greedy rule), and papers that decide nothing are never asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heapreplace

from zeren.engine.report import Request

#: Whose papers, and of which kind.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper to ask for. ``decides`` are the findings that are decided once this and all papers before it are there."""

    request: Request
    decides: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Asking:
    """The papers in order; ``undecided`` are the findings that wait for something no ledger holds, such as a value not stated."""

    papers: tuple[Paper, ...]
    undecided: tuple[str, ...]
    left: int = 0

    def first(self, most: int | None) -> Asking:
        """Only the ``most`` papers that come first; ``left`` counts the others."""
        if most is None or most >= len(self.papers):
            return self
        return Asking(self.papers[:most], self.undecided, len(self.papers) - most)


def asking(requests: Sequence[Request], unknown: Iterable[str]) -> Asking:
    """Put requests in the order in which they decide the most.

    Args:
        requests: the papers that a report asks for, each with the findings that wait for it.
        unknown: the ids of all findings that are 证据不足.
    """
    by_key = {(one.holder, one.kind): one for one in requests}
    needs: defaultdict[str, set[Key]] = defaultdict(set)
    for key, one in by_key.items():
        for finding in one.findings:
            needs[finding].add(key)
    waits = {finding: len(keys) for finding, keys in needs.items()}
    papers: list[Paper] = []
    total = 0
    for bundle, _ in _merged([_greedy(part) for part in _parts(needs)]):
        for key in bundle:
            for finding in by_key[key].findings:
                waits[finding] -= 1
            here = tuple(sorted(finding for finding in by_key[key].findings if not waits[finding]))
            total += len(here)
            papers.append(Paper(by_key[key], here, total))
    return Asking(tuple(papers), tuple(sorted(set(unknown) - set(needs))))


#: A bundle of papers, in order, and how many findings it decides.
_Pick = tuple[tuple[Key, ...], int]


def _parts(needs: Mapping[str, set[Key]]) -> list[dict[frozenset[Key], list[str]]]:
    """The findings grouped by what they wait for, in parts that share no paper."""
    groups: defaultdict[frozenset[Key], list[str]] = defaultdict(list)
    for finding in sorted(needs):
        groups[frozenset(needs[finding])].append(finding)
    leader: dict[Key, Key] = {}

    def find(key: Key) -> Key:
        while leader.setdefault(key, key) != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    for group in groups:
        first, *rest = sorted(group)
        for key in rest:
            leader[find(key)] = find(first)
    parts: defaultdict[Key, dict[frozenset[Key], list[str]]] = defaultdict(dict)
    for group, findings in groups.items():
        parts[find(min(group))][group] = findings
    return [parts[key] for key in sorted(parts)]


def _greedy(groups: Mapping[frozenset[Key], list[str]]) -> list[_Pick]:
    """The bundles of one part, the best first, each with what it decides."""
    left, picks = dict(groups), list[_Pick]()
    while left:
        best = min(left, key=lambda group: (-_worth(group, left), len(group), sorted(group)))
        inside = sorted((group for group in left if group <= best), key=lambda group: (len(group), sorted(group)))
        ordered = dict.fromkeys(key for group in inside for key in sorted(group))
        picks.append((tuple(ordered), sum(len(left[group]) for group in inside)))
        reduced: defaultdict[frozenset[Key], list[str]] = defaultdict(list)
        for group, findings in left.items():
            if not group <= best:
                reduced[group - best] += findings
        left = dict(reduced)
    return picks


def _worth(bundle: frozenset[Key], groups: Mapping[frozenset[Key], list[str]]) -> Fraction:
    """How many findings a bundle decides for each of its papers."""
    return Fraction(sum(len(findings) for group, findings in groups.items() if group <= bundle), len(bundle))


def _merged(parts: Sequence[Sequence[_Pick]]) -> list[_Pick]:
    """The picks of all parts, each time the best of those that come next."""
    queue = [(-Fraction(part[0][1], len(part[0][0])), at, 0) for at, part in enumerate(parts)]
    heapify(queue)
    result: list[_Pick] = []
    while queue:
        _, at, number = queue[0]
        result.append(parts[at][number])
        if number + 1 < len(parts[at]):
            bundle, decided = parts[at][number + 1]
            heapreplace(queue, (-Fraction(decided, len(bundle)), at, number + 1))
        else:
            heappop(queue)
    return result
