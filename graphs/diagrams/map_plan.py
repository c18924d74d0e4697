"""What stands on a map: the tree of places with their seats, leaders and departments, enterprises; and how much of it is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from zeren.engine.derive.posts import HEADS, SAFETY
from zeren.graphs.diagrams.units import offices, seats
from zeren.graphs.network import SUPERVISED, Network

#: So many like siblings are drawn one by one; more become a list node.
SIBLINGS: Final = 6
#: So many departments or villages of a place are named in its words.
NAMED: Final = 4
#: So many leaders have a box of their own, those in charge of safety and of most departments first.
LEADERS_SHOWN: Final = 14


@dataclass(frozen=True, slots=True)
class Box:
    """What one leader is in charge of: the departments inside, else the matters in words. No ``post``: nobody is named."""

    post: str | None
    seat: str
    units: tuple[str, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A territory as it is drawn; ``firms`` are those in it and in what is not drawn of it, ``hidden`` the places left out."""

    id: str | None
    level: str
    seats: tuple[tuple[str, ...], ...]
    offices: tuple[str, ...]
    villages: tuple[str, ...]
    firms: tuple[str, ...]
    children: tuple[Place, ...] = ()
    hidden: tuple[str, ...] = ()
    below: int = 0


@dataclass(frozen=True, slots=True)
class Detail:
    """How much of a tree is shown: levels below the root, enterprises at all and one by one, departments of the places inside,
    leaders of the root, duties on the cards, places one by one; how many departments stand in one column of a leader's box, and how
    many are shown in a box at most.
    """

    depth: int
    cards: bool = False
    offices: bool = False
    firms: bool = True
    places: bool = True
    leaders: bool = True
    words: bool = True
    stack: int = 5
    most: int = 99


_WHOLE: Final = (Detail(9, cards=True, offices=True), Detail(9, cards=True), Detail(9))
_PARTLY: Final = (Detail(2), Detail(1), Detail(1, firms=False), Detail(1, firms=False, places=False))
_TALL: Final = ((True, 5), (True, 2))
#: Everything in a place on one page, with less and less space.
WHOLE: Final = tuple(replace(one, words=words, stack=stack) for one in _WHOLE for words, stack in _TALL)
#: From all there is to next to nothing. Structure goes before words.
DETAILS: Final = (
    *WHOLE, *(replace(one, words=words, stack=stack) for one in (*_WHOLE[1:], *_PARTLY) for words, stack in (*_TALL, (False, 5), (False, 2))),
    *(replace(one, leaders=False) for one in _PARTLY),
)  # fmt: skip
#: The leaders of one place and what their departments do, and nothing else.
LEADERS: Final = tuple(
    Detail(0, firms=False, words=words, stack=stack, most=most) for words, stack, most in
    ((True, 5, 99), (True, 2, 99), (False, 5, 99), (False, 2, 99), (False, 2, 6), (False, 2, 2)))
#: What lies inside a place, without its leaders.
INSIDE: Final = tuple(replace(one, leaders=False, words=words) for one in (*_WHOLE, *_PARTLY) for words in (True, False))


def tree(network: Network, id: str | None) -> Place:
    """Everything in a territory. Villages are part of the place around them; None: all that has no place."""
    inner = [one for one in network.inside.get(id, ()) if id is not None]
    drawn = [one for one in inner if network.levels[one] != "村级"]
    folded = [id, *(one for one in inner if one not in drawn)]
    there = [own for place in folded for own in network.residents.get(place, ())]
    kept = tuple(child for child in (tree(network, one) for one in drawn) if filled(child))
    return Place(
        id, network.levels.get(id or "", ""), tuple(seats(network, id)), tuple(offices(network, id)),
        tuple(own for own in there if network.units[own].kind == "村居"), tuple(own for own in there if _alone(network, own)), kept,
    )  # fmt: skip


def filled(place: Place) -> bool:
    """Whether anything stands in a place."""
    return bool(place.seats or place.offices or place.villages or place.firms or place.children)


def cut(place: Place, detail: Detail) -> Place:
    """The tree with only as many levels as ``detail`` shows; what is left out is counted in the place around it."""
    if detail.depth > 0:
        return replace(place, children=tuple(cut(child, replace(detail, depth=detail.depth - 1)) for child in place.children))
    inner = list(everything(place))[1:]
    return replace(
        place, children=(), hidden=tuple(one.id for one in inner if one.id), below=len(place.offices) + sum(len(one.offices) for one in inner),
        villages=(*place.villages, *(own for one in inner for own in one.villages)), firms=(*place.firms, *(own for one in inner for own in one.firms)),
    )  # fmt: skip


def everything(place: Place) -> Sequence[Place]:
    """A place and all places in it."""
    return [place, *(one for child in place.children for one in everything(child))]


def _alone(network: Network, own: str) -> bool:
    """Whether a unit is an enterprise that is no part of another one in the files."""
    return network.units[own].kind in SUPERVISED and not any(network.units[up].kind in SUPERVISED for up in network.commanders(own))


def boxes(network: Network, place: Place) -> list[Box]:
    """The leaders of a place with the departments that they are in charge of, and departments that nobody is in charge of.

    A department is put where it is named, else where most of its industries are; the leader in charge of safety comes first.
    """
    chiefs = [one for seat in place.seats for one in seat]
    posts = {post: own for own in chiefs for post, role, *_ in network.posts.get(own, ()) if role not in HEADS}
    inside: dict[str, list[str]] = {}
    left: dict[str, list[str]] = {}
    for own in place.offices:
        # Of two with equal claims the one who is not in charge of safety in general is the more specific.
        best = max(sorted(posts), key=lambda post: (_claim(network, post, own), not _safety(network, post)), default=None)
        if best is not None and _claim(network, best, own) > 0:
            inside.setdefault(best, []).append(own)
        else:
            superior = next((up for up in network.commanders(own) if up in chiefs), "")
            left.setdefault(superior, []).append(own)
    leaders = sorted(posts, key=lambda post: (not _safety(network, post), -len(inside.get(post, ())), post))
    found = [Box(post, posts[post], tuple(inside.get(post, ())), "" if post in inside else _matters(network, post)) for post in leaders]
    shown = [one for one in found if one.units or one.words]
    found = [*shown[:LEADERS_SHOWN], *(Box(None, superior, tuple(units)) for superior, units in sorted(left.items()))]
    return sorted(found, key=lambda box: box.seat not in network.units or network.units[box.seat].kind != "党委")


def _claim(network: Network, post: str, own: str) -> int:
    """How strongly a post is in charge of a unit: by name, or by so many of its industries."""
    charged = [subject for kind, subject, _ in network.portfolios.get(post, ()) if kind in ("部门", "单位")]
    if own in charged:
        return 1000
    trades = {subject for kind, subject, _ in network.portfolios.get(post, ()) if kind == "行业"}
    mandates = [industry for _, industry, *_ in network.mandates.get(own, ()) if industry is not None]
    named = sum(bool(trades & _up(network, industry)) for industry in dict.fromkeys(mandates))
    general = network.units[own].function == "应急管理" or any(kind == "综合监管" for kind, *_ in network.mandates.get(own, ()))
    return named + (general and _safety(network, post))


def _up(network: Network, industry: str) -> set[str]:
    return {industry}.union(*(_up(network, wide) for wide in network.wider.get(industry, ())))


def _safety(network: Network, post: str) -> bool:
    return any(subject == SAFETY for _, subject, _ in network.portfolios.get(post, ()))


def _matters(network: Network, post: str) -> str:
    subjects = [subject for _, subject, _ in network.portfolios.get(post, ())]
    return "、".join(subjects[:3]) + (f"等{len(subjects)}项" if len(subjects) > 3 else "")


def counted(network: Network, place: Place) -> str:
    """What was left out of a place, in numbers: ``2 个乡级 · 9 个部门 · 6 个村居 · 12 家企业``."""
    levels = Counter(network.levels[one] for one in place.hidden)
    told = [f"{number} 个{level}" for level, number in levels.items()]
    told += [f"{number} 个{word}" for word, number in (("部门站所", place.below), ("村居", len(place.villages))) if number]
    return " · ".join([*told, *([f"{len(place.firms)} 家企业"] if place.firms else [])])
