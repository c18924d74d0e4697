"""What a scenario expects of the accountability chain of an accident (format: docs/scenarios.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zeren.models.nodes import Node
from zeren.models.problems import Place, nearest
from zeren.models.scenario_reader import Reader

TRACE_KEYS: Final = ("incident", "on", "expect")
TRACE_EXPECT_KEYS: Final = ("grade", "bound", "chain", "not", "clocks", "exactly")
SEAT_KEYS: Final = ("post", "person", "verdict", "degree", "layer")
ABSENT_KEYS: Final = ("post", "person", "verdict", "why")
CLOCK_KEYS: Final = ("holder", "state", "name")
#: The verdicts that leave a post on the chain, and those that take it off.
ON_CHAIN: Final = ("失职", "尽职", "证据不足", "另案或暂缓")
OFF_CHAIN: Final = ("层级未及", "仅单位担责", "无涉")
DEGREES: Final = ("直接", "主要领导", "重要领导")
BOUNDS: Final = ("确定", "下界")
STATES: Final = ("按时", "迟报", "漏报", "谎报", "瞒报", "未到期", "证据不足", "超期")


@dataclass(frozen=True, slots=True)
class SeatExpected:
    """A post that must be on the chain. What is empty may be anything; ``person`` tells holders of one post apart."""

    post: str
    place: Place
    person: str = ""
    verdict: str = ""
    degree: str = ""
    layer: str = ""


@dataclass(frozen=True, slots=True)
class AbsentExpected:
    """A post, or one holder of it, that must not be on the chain; ``why`` is part of the reason that is given."""

    post: str
    place: Place
    person: str = ""
    verdict: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class ClockExpected:
    """A limit and how it was met; ``name`` is part of the name of the clock, empty: any clock of the holder."""

    holder: str
    state: str
    place: Place
    name: str = ""


@dataclass(frozen=True, slots=True)
class TraceExpected:
    """What tracing one incident must give. ``exactly``: nobody else on the chain; ``on``: as it stood then, else at the audit."""

    incident: str
    place: Place
    on: str = ""
    grade: str = ""
    bound: str = ""
    chain: tuple[SeatExpected, ...] = ()
    absent: tuple[AbsentExpected, ...] = ()
    clocks: tuple[ClockExpected, ...] = ()
    exactly: bool = True


def read_traces(node: Node | None, reader: Reader) -> tuple[TraceExpected, ...]:
    """Read the ``trace`` entries of a scenario; problems go to ``reader``."""
    return tuple(_trace(entry, reader) for entry in reader.list(node, "trace"))


def _trace(node: Node, reader: Reader) -> TraceExpected:
    reader.keys(node, TRACE_KEYS, ("incident", "expect"), "trace ")
    fields = node.fields
    incident, on = reader.text(fields.get("incident"), "incident"), reader.moment(fields.get("on"), "on")
    expect = fields.get("expect")
    if expect is None:
        return TraceExpected(incident, node.place, on)
    reader.keys(expect, TRACE_EXPECT_KEYS, (), "trace 的 expect ")
    given = expect.fields
    return TraceExpected(
        incident, node.place, on, reader.text(given.get("grade"), "grade"), _word(given.get("bound"), "bound", BOUNDS, reader),
        tuple(_seat(one, reader) for one in reader.list(given.get("chain"), "chain")),
        tuple(_absent(one, reader) for one in reader.list(given.get("not"), "not")),
        tuple(_clock(one, reader) for one in reader.list(given.get("clocks"), "clocks")),
        reader.flag(given.get("exactly"), "exactly", True),
    )


def _seat(node: Node, reader: Reader) -> SeatExpected:
    reader.keys(node, SEAT_KEYS, ("post",), "chain 的一项")
    post, person, layer = (reader.text(node.fields.get(key), key) for key in ("post", "person", "layer"))
    return SeatExpected(post, node.place, person, _word(node.fields.get("verdict"), "verdict", ON_CHAIN, reader),
                        _word(node.fields.get("degree"), "degree", DEGREES, reader), layer)


def _absent(node: Node, reader: Reader) -> AbsentExpected:
    reader.keys(node, ABSENT_KEYS, ("post",), "not 的一项")
    post, person, why = (reader.text(node.fields.get(key), key) for key in ("post", "person", "why"))
    return AbsentExpected(post, node.place, person, _word(node.fields.get("verdict"), "verdict", OFF_CHAIN, reader), why)


def _clock(node: Node, reader: Reader) -> ClockExpected:
    reader.keys(node, CLOCK_KEYS, ("holder", "state"), "clocks 的一项")
    holder, name = (reader.text(node.fields.get(key), key) for key in ("holder", "name"))
    return ClockExpected(holder, _word(node.fields.get("state"), "state", STATES, reader), node.place, name)


def _word(node: Node | None, key: str, known: tuple[str, ...], reader: Reader) -> str:
    text = reader.text(node, key)
    if node is not None and text and text not in known:
        near = nearest(text, known)
        reader.add(node, f"{key} 不能是“{text}”", "；".join(filter(None, (near, f"可用的有 {'、'.join(known)}"))))
    return text
