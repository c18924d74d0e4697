"""What a page tells of a post when it is clicked: its place in every chain, and who stands above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zeren.engine.chain.model import Chain, Line
    from zeren.engine.report import Report

#: How many tiers up the line of command is told.
_TIERS: Final = 8


@dataclass(frozen=True, slots=True)
class Place:
    """A post in the chain of one accident, or why it is not in it."""

    incident: str
    on_chain: bool
    verdict: str
    degree: str
    layer: str
    why: str
    path: tuple[str, ...]
    breaches: tuple[str, ...]
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostView:
    """A post: its unit, who holds it, who stands above it, and its places in chains."""

    id: str
    label: str
    unit: str
    holders: tuple[str, ...]
    above: tuple[str, ...]
    places: tuple[Place, ...]


def post_views(report: Report, chains: Sequence[Chain]) -> tuple[PostView, ...]:
    """One view for each post that a finding or a chain names, by id."""
    wanted = {post for one in report for post in one.posts} | {line.post for chain in chains for line in chain.lines}
    posts, label = report.evaluation.context.posts, report.words.value
    return tuple(
        PostView(post, label(post), label(posts.units[post]), tuple(sorted(posts.holders.get(post, ()))),
                 tuple(label(one) for one in _above(report, post)),
                 tuple(_place(chain, line) for chain in chains for line in (*chain.lines, *chain.excluded) if line.post == post))
        for post in sorted(wanted) if post in posts.units
    )


def _above(report: Report, post: str) -> list[str]:
    """The heads above a post, from its own unit upwards."""
    posts = report.evaluation.context.posts
    found: list[str] = []
    tier, seen = [posts.units[post]], set[str]()
    for _ in range(_TIERS):
        found += [head for unit in tier for head in posts.heads.get(unit, ()) if head != post and head not in found]
        seen |= set(tier)
        tier = sorted({superior for unit in tier for superior in posts.superiors.get(unit, ())} - seen)
    return found


def _place(chain: Chain, line: Line) -> Place:
    return Place(
        chain.incident_label, line.on_chain, str(line.verdict), line.degree, line.layer, line.why,
        tuple(f"{path.layer}：{path.title}（{path.rule}）" for path in line.paths),
        tuple(breach.text for breach in line.breaches), tuple(f"{ask.holder} {ask.kind}" for ask in line.asks),
    )
