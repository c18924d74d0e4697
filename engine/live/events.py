"""Events as they are written: one JSON object each, in the vocabulary of organisation files.

``{"at": "2024-05-01 10:00", "record": {"kind": "检查", …}}``, ``{"fact": {"hazard": {…}}}``, ``{"retract": "编号"}``, ``{"advance": "2024-06-01"}``
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, cast

from zeren.engine.live.book import Book
from zeren.engine.live.joining import check_joining, leaning
from zeren.models.cells import convert
from zeren.models.changes import read_change
from zeren.models.facts import Fact
from zeren.models.flatten import flatten
from zeren.models.moments import DAY, format_moment, moment_of, parse_moment
from zeren.models.nodes import Node
from zeren.models.problems import InputError, Place, Problem, Problems, choices, nearest
from zeren.models.relations import AUTHORED, INSIDE, RELATIONS, Type
from zeren.models.rows import Reader
from zeren.models.shapes import SECTIONS
from zeren.models.yaml_text import parse

#: Keys of an event; all but ``id``, ``at`` and ``note`` say what happens, and may stand together.
KEYS: Final = ("id", "at", "record", "fact", "retract", "advance", "note")
_DOING: Final = ("record", "fact", "retract", "advance")
_SHOWN: Final = '{"at": "2024-05-01 10:00", "record": {"kind": "检查", "actor": "…", "object": "…"}}'
#: Relation → the section of an organisation file in which it is written with all that belongs to it.
_SECTION: Final = {extra.shape: key for key, extra in SECTIONS.items()}
#: Stands for a moment that could not be read, so that it is told once.
_EVER: Final = Node("2000-01-01", Place("事件"))


@dataclass(frozen=True, slots=True)
class Event:
    """What happens: facts that go and come, and the moment (seconds) to which time passes before, if one is given."""

    at: int | None
    gone: tuple[Fact, ...] = ()
    come: tuple[Fact, ...] = ()
    id: str = ""
    remarks: tuple[Problem, ...] = ()
    formerly: Mapping[str, frozenset[str]] | None = None


def read_line(text: str, name: str, line: int) -> Node:
    """Parse one line of events; places name the file, the line and the column.

    Raises:
        InputError: the line is no JSON object.
    """
    if (spot := _GARBLED.search(text)) is not None:
        raise InputError([Problem(Place(name, line, spot.start() + 1), "EVT-编码", "这一行不是 UTF-8 编码的文字",
                                  "多半是存成了 GBK 或 UTF-16：在编辑器里另存为 UTF-8")])
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        place = Place(name, line, error.colno if error.lineno == 1 else 1)
        raise InputError([Problem(place, "EVT-JSON", f"不是一行 JSON：{_fault(error, text)}", f"每行一个事件，如 {_SHOWN}")]) from None
    except RecursionError:
        raise InputError([Problem(Place(name, line, 1), "EVT-JSON", "嵌套太深", f"每行一个事件，如 {_SHOWN}")]) from None
    if not isinstance(data, dict):
        found = {list: "列表", str: "文字", bool: "真假值"}.get(type(data), "一个值")
        raise InputError([Problem(Place(name, line, 1), "EVT-写法", f"一个事件应是 {{…}}，这里是{found}", f"如 {_SHOWN}")])
    try:
        return _moved(parse(text, f"{name}.json"), name, line)
    except InputError as error:
        problems = [Problem(Place(name, line, one.place.column), one.code, one.message, one.hint) for one in error.problems]
        raise InputError(problems) from None


def _fault(error: json.JSONDecodeError, text: str) -> str:
    found = text[error.pos:error.pos + 1].strip()
    said = {"Expecting value": "缺少一个值", "Expecting ',' delimiter": "缺少逗号或括号", "Expecting ':' delimiter": "键的后面缺少冒号",
            "Expecting property name enclosed in double quotes": "键要写在英文双引号里", "Extra data": "一行里多出了内容",
            "Unterminated string starting at": "文字没有写完，缺少后一个双引号", "Invalid control character at": "文字里有控制字符",
            "Invalid \\escape": "反斜杠用得不对"}
    return said.get(error.msg, "写法不对") + (f"，遇到“{found}”" if found else "，一行到此结束")


def _moved(node: Node, name: str, line: int) -> Node:
    """The same node on a line of a stream."""
    def place(old: Place) -> Place:
        return Place(name, line, old.column)

    if isinstance(node.value, dict):
        return Node({key: _moved(child, name, line) for key, child in node.value.items()}, place(node.place),
                    {key: place(old) for key, old in node.keys.items()})
    if isinstance(node.value, tuple):
        return Node(tuple(_moved(child, name, line) for child in node.value), place(node.place))
    return Node(node.value, place(node.place))


def node_of(value: Any, place: Place) -> Node:
    """Plain data as a node; all of it stands at ``place``.

    Raises:
        InputError: something in it is no text, number, date, list or mapping.
    """
    if isinstance(value, Mapping):
        return Node({str(key): node_of(child, place) for key, child in value.items()}, place, {str(key): place for key in value})
    if isinstance(value, list | tuple):
        return Node(tuple(node_of(child, place) for child in value), place)
    if value is None or isinstance(value, bool | str):
        return Node(value, place)
    if isinstance(value, datetime):
        return Node(value.isoformat(" ", "seconds"), place)
    if isinstance(value, date) or hasattr(value, "as_integer_ratio"):
        return Node(str(value), place)
    raise InputError([Problem(place, "EVT-写法", f"事件里有 {type(value).__name__}，应是文字、数字、日期、列表或映射", "")])


def checked(facts: Sequence[object], place: Place) -> tuple[Fact, ...]:
    """Facts of the engine itself, if they have the shape of relations that authors write.

    Raises:
        InputError: something else is among them.
    """
    problems = Problems()
    for fact in facts:
        if not isinstance(fact, Fact):
            problems.add(place, "EVT-写法", f"应是 Fact，这里有 {type(fact).__name__}", '或写成 {"关系": {"列": 值}}')
        elif fact.relation not in _NAMES:
            problems.add(place, "EVT-关系", f"没有可以写的关系“{fact.relation}”", nearest(fact.relation, _NAMES))
        else:
            columns = RELATIONS[fact.relation].columns
            if len(fact.values) != len(columns):
                problems.add(place, "EVT-写法", f"{fact.relation} 有 {len(columns)} 列，这里是 {len(fact.values)} 个值",
                             f"依次写 {'、'.join(column.name for column in columns)}；没有的写 None")
                continue
            for column, value in zip(columns, fact.values, strict=True):
                if value is not None and type(value) not in _HOLDS[column.type]:
                    problems.add(place, "EVT-写法", f"{fact.relation}.{column.name} 的 {value!r} 不是{column.type}", "时间是秒，数字是 Decimal")
    problems.raise_if_any(InputError)
    return tuple(cast("Sequence[Fact]", facts))


def leap(moment: int, now: int) -> tuple[str, str] | None:
    """What is wrong with letting time pass to a moment that lies years ahead, and what to do.

    Time does not go back: a slip in a year would be for ever, and every day until then is a period to judge.
    """
    if moment - now <= _LEAP:
        return None
    return (f"从现在（{format_moment(now)}）一步走到 {moment_of(moment):%Y-%m-%d}，超过十年，像是年份写错了",
            "时间走过去就不能倒退；确实要走这么远的，分几个事件走，每次不超过十年")


def read_event(node: Node, book: Book, formerly: Mapping[str, set[str]]) -> Event:
    """Understand an event and check it against ``book``.

    Raises:
        InputError: it cannot be used as it is; all problems with their places. The book is not changed.
    """
    problems, fields = Problems(), node.fields
    for key in fields:
        if key not in KEYS:
            near = nearest(key, KEYS)
            problems.add(node.keys.get(key, node.place), "EVT-键", f"事件没有“{key}”这一项", "；".join(filter(None, (near, f"可用的有 {choices(KEYS)}"))))
    if not {*_DOING, "at"} & set(fields) and not problems.errors:
        problems.add(node.place, "EVT-写法", "事件没有写发生了什么", f"写 {'、'.join(_DOING)} 中的至少一项，如 {_SHOWN}")
    stated = {key: _moment(fields.get(key), key, problems) for key in ("at", "advance")}
    for key, moment in stated.items():
        if moment is not None and (found := leap(moment, book.on)):
            problems.add(fields[key].place, "EVT-时间", *found)
    at = max((moment for moment in stated.values() if moment is not None), default=None)
    _once(fields, book, problems)
    named = [fact for one in _several(fields.get("retract")) for fact in _retracted(one, book, problems)]
    gone = leaning(book, named)
    _along(fields.get("retract"), [fact for fact in gone if fact not in named and fact.relation not in INSIDE], problems)
    reader = Reader()
    reader.problems = problems
    sound = {key: _EVER if key == "at" and stated[key] is None else child for key, child in fields.items()}
    for section in _sections(sound, problems):
        flatten(section, reader)
    check_joining(book, reader.drafts, gone, {**formerly, **reader.formerly}, fields.get("retract", node).place, problems)
    problems.raise_if_any(InputError)
    come = tuple(dict.fromkeys(Fact(draft.relation, tuple(draft.values), draft.place) for draft in reader.drafts))
    remarks = tuple(item for item in problems if item.severity != "错误")
    return Event(at, tuple(gone), come, fields["id"].text or "" if "id" in fields else "", remarks,
                 {word: frozenset(units) for word, units in reader.formerly.items()})


def _moment(node: Node | None, key: str, problems: Problems) -> int | None:
    if node is None:
        return None
    try:
        return parse_moment(node.text or "", "end" if key == "advance" else "start")
    except ValueError as error:
        problems.add(node.place, "EVT-时间", f"{key}：{error}", "写法如 2024-05-01 10:00；advance 只写日期时到当日结束")
        return None


def _once(fields: Mapping[str, Node], book: Book, problems: Problems) -> None:
    """What is easily meant otherwise: an id that is none, time that would go back."""
    id, until = fields.get("id"), fields.get("advance")
    if id is not None and isinstance(id.value, dict | tuple | bool):
        problems.add(id.place, "EVT-编号", f"事件的编号应是文字，这里是{id.kind}", '如 {"id": "2024-0501-1", …}')
    moment = _moment(until, "advance", Problems())
    if until is not None and moment is not None and moment < book.on:
        problems.warn(until.place, "EVT-时间", f"现在已是 {format_moment(book.on)}，时间不倒退，advance 不起作用")


def _along(node: Node | None, facts: Iterable[Fact], problems: Problems) -> None:
    """Say what leaves together with what was named."""
    words: dict[str, list[str]] = {}
    for fact in facts:
        relation = RELATIONS[fact.relation]
        words.setdefault(relation.label, []).append(str(fact.values[0]) if relation.key == ("id",) else "")
    if node is not None and words:
        told = "；".join(f"{label} {_named(ids)}" for label, ids in sorted(words.items()))
        problems.warn(node.place, "EVT-连带", f"离不开它的一并撤回：{told}")


def _named(ids: list[str]) -> str:
    shown = sorted(filter(None, ids))[:5]
    return "、".join(shown) + (f" 等 {len(ids)} 条" if len(ids) > len(shown) else "") if shown else f"{len(ids)} 条"


def _several(node: Node | None) -> tuple[Node, ...]:
    return () if node is None else node.items if isinstance(node.value, tuple) else (node,)


def _sections(fields: Mapping[str, Node], problems: Problems) -> Iterator[Node]:
    """What comes, as sections of an organisation file."""
    for one in _several(fields.get("record")):
        yield from _record(one, fields.get("at"), problems)
    for one in _several(fields.get("fact")):
        if not isinstance(one.value, dict) or not one.value:
            found = "空的" if one.value == {} else one.kind
            problems.add(one.place, "EVT-写法", f"fact 应写 {{关系: {{列: 值}}}}，这里是{found}", '如 {"fact": {"appointment": {"post": "…", "person": "…"}}}')
            continue
        for relation, entry in one.fields.items():
            place = one.keys.get(relation, one.place)
            if relation not in _NAMES:
                near = nearest(relation, _NAMES)
                problems.add(place, "EVT-关系", f"没有关系“{relation}”", "；".join(filter(None, (near, f"可用的有 {choices(_NAMES, 40)}"))))
            elif relation == "record":
                for record in _several(entry):
                    yield from _record(record, fields.get("at"), problems)
            else:
                entries = Node(_several(entry), entry.place)
                section, key = ("facts", relation) if relation not in _SECTION else (_SECTION[relation], "")
                inner = Node({key: entries}, place, {key: place}) if key else entries
                yield Node({section: inner}, place, {section: place})


def _record(node: Node, at: Node | None, problems: Problems) -> Iterator[Node]:
    """A record, as the section in which it is written; its moment is that of the event where it states none."""
    if not isinstance(node.value, dict):
        problems.add(node.place, "EVT-写法", f"record 应写 {{…}}，这里是{node.kind}", f"如 {_SHOWN}")
        return
    kind = node.fields.get("kind")
    if kind is None or not kind.text:
        problems.add(node.place, "ORG-002", "履职记录缺少 kind", "补上 kind: 检查、会议、整改…，种类见 zeren schema event")
        return
    entry = {key: child for key, child in node.fields.items() if key != "kind"}
    if "at" not in entry and at is not None:
        entry["at"] = at
    inner = Node((Node(entry, node.place, node.keys),), node.place)
    yield Node({"records": Node({kind.text: inner}, node.place, {kind.text: kind.place})}, node.place)


def _retracted(node: Node, book: Book, problems: Problems) -> list[Fact]:
    """The facts that ``retract`` names: an id, or ``{relation: id}``, or ``{relation: {column: value}}``."""
    if isinstance(node.value, dict):
        found: list[Fact] = []
        change = read_change(Node({"remove": node}, node.place, {"remove": node.place}), problems)
        for where in change.remove:
            columns = {key: convert(RELATIONS[where.relation].column(key), child, problems) if child.value is not None else None  # type: ignore[arg-type]
                       for key, child in where.columns}
            if not any(child.value is not None for _, child in where.columns):
                problems.add(where.place, "EVT-撤回", f"没有写撤回哪一条{RELATIONS[where.relation].label}", "写编号，或 {列: 取值}")
                continue
            rows = book.all.select(where.relation, **columns)
            if not rows:
                shown = "，".join(f"{key}: {child.plain()}" for key, child in where.columns)
                problems.add(where.place, "EVT-撤回", f"要撤回的不存在：{RELATIONS[where.relation].label}（{shown}）", "核对编号和取值")
            found += rows
        return found
    own = node.text or ""
    by_relation = {name: rows for name in _KEYED if own and (rows := book.all.select(name, id=own))}
    if len(by_relation) == 1:
        return list(next(iter(by_relation.values())))
    if by_relation:
        words = "、".join(f'{{"{name}": "{own}"}}' for name in by_relation)
        problems.add(node.place, "EVT-撤回", f"“{own}”是几种东西的编号", f"写明是哪一种：{words}")
    else:
        near = nearest(own, {str(fact.values[0]) for name in _KEYED for fact in book.all.all(name)})
        problems.add(node.place, "EVT-撤回", f"没有编号为“{own}”的事实" + (f"，{near}" if near else ""),
                     '没有编号的（任职、分管、台账…）写 {"retract": {"appointment": {"post": "…", "person": "…"}}}')
    return []


_NAMES: Final = tuple(relation.name for relation in AUTHORED)
#: What the values of a column may be, missing ones aside.
_HOLDS: Final = {Type.TEXT: (str,), Type.NUMBER: (Decimal, int), Type.MOMENT: (int,), Type.DURATION: (int,), Type.BOOL: (bool,)}
#: Left behind by bytes that are no UTF-8.
_GARBLED: Final = re.compile("[\ufffd\0]")
#: The longest way that time goes in one event, ten years in seconds.
_LEAP: Final = 3653 * DAY
_KEYED: Final = tuple(relation.name for relation in AUTHORED if relation.key == ("id",))

