"""Checks of periods: ends after beginnings, and one holder of a post at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from zeren.models.moments import DAY, format_moment
from zeren.models.problems import Problems
from zeren.models.relations import RELATIONS
from zeren.models.rows import Draft

_SOLE: Final = frozenset({"任职", "代理", "主持"})
#: relation → (earlier column, later column, whether the reverse is impossible or only odd).
_ORDER: Final = {
    "record": ("at", "until", True),
    "incident": ("at", "known_at", True),
    "hazard": ("found_at", "deadline", False),
}
_FAR: Final = 10**12


def orders(rows: Mapping[str, Sequence[Draft]], problems: Problems) -> None:
    """Nothing ends before it begins."""
    for name, drafts in rows.items():
        first, last, strict = ("since", "until", True) if RELATIONS[name].temporal else _ORDER.get(name, ("", "", True))
        for draft in drafts if first else ():
            begin, end = draft.get(first), draft.get(last)
            if not isinstance(begin, int) or not isinstance(end, int):
                continue
            if last == "known_at" and end % DAY == 0:
                end += DAY - 1  # a bare date: some time of that day
            if end < begin or (last == "until" and end == begin):
                day = {"until": "after", "deadline": "end"}.get(last, "start")
                tell = problems.add if strict else problems.warn
                tell(
                    draft.at(last), "ORG-013",
                    f"{RELATIONS[name].label}的 {last}（{format_moment(end, day)}）早于 {first}（{format_moment(begin)}）",
                    "核对两个日期",
                )  # fmt: skip


def tenures(rows: Mapping[str, Sequence[Draft]], problems: Problems) -> None:
    """A post has one holder at a time; on the day of the hand-over both may be named."""
    posts: defaultdict[str, list[tuple[int, int, str, Draft]]] = defaultdict(list)
    for draft in rows.get("appointment", ()):
        post, person = draft.text("post"), draft.text("person")
        if post is None or person is None or draft.get("mode") not in _SOLE:
            continue
        since, until = draft.get("since"), draft.get("until")
        if (since is None and 3 in draft.places) or (until is None and 4 in draft.places):
            continue  # the date itself is wrong and already reported
        begin = since if isinstance(since, int) else -_FAR
        end = until if isinstance(until, int) else _FAR
        if begin < end:
            posts[post].append((begin, end, person, draft))
    for post, held in posts.items():
        _sole(post, sorted(held, key=lambda tenure: tenure[:3]), problems)
    _heads(rows, posts, problems)


def _heads(rows: Mapping[str, Sequence[Draft]], posts: Mapping[str, list[tuple[int, int, str, Draft]]], problems: Problems) -> None:
    """A party committee or a government has one head at a time; two posts may be one written twice, so it is only a remark."""
    one_headed = {draft.text("id") for draft in rows.get("unit", ()) if draft.get("kind") in ("党委", "政府")}
    first: defaultdict[str, list[tuple[str, list[tuple[int, int, str, Draft]]]]] = defaultdict(list)
    for draft in rows.get("post", ()):
        unit, post = draft.text("unit"), draft.text("id")
        if unit is None or post is None or unit not in one_headed or draft.get("role") != "主要负责人":
            continue
        held = posts.get(post, [])
        for other, tenures_there in first[unit]:
            if any(min(one[1], two[1]) - max(one[0], two[0]) > DAY for one in held for two in tenures_there):
                problems.warn(
                    draft.at("role"), "ORG-014", f"{unit}同时有两位主要负责人：{other}，以及 {post}",
                    "核对 role；已离任的写 until，不主持工作的写 班子成员",
                )  # fmt: skip
        first[unit].append((post, held))


def _sole(post: str, held: Sequence[tuple[int, int, str, Draft]], problems: Problems) -> None:
    running: list[tuple[int, str, Draft]] = []
    for begin, end, person, draft in held:
        running = [tenure for tenure in running if tenure[0] > begin]
        for other_end, other, first in running:
            if other != person and min(end, other_end) - begin > DAY:
                early, late = sorted((first, draft), key=lambda tenure: tenure.place)
                problems.add(
                    late.place, "ORG-014",
                    f"岗位“{post}”同时有两人：{late.get('person')}，以及 {early.get('person')}（{early.place}）",
                    "给前任写 until，或把两人分到两个岗位；兼任、挂职写 mode",
                )  # fmt: skip
                break
        running.append((end, person, draft))
