"""Own YAML and JSON reader: every value keeps its place, scalars stay text, and the traps of YAML are refused.

Only ``true``, ``false``, ``null``, ``~`` and nothing at all are not text, so ``no``, ``0371`` and ``12:30`` stay as written.
Anchors, aliases and tags are refused: an organisation file never needs them, and they hide bombs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from zeren.models.nodes import Node, Scalar
from zeren.models.problems import InputError, Place, Problem, Problems
from zeren.models.yaml_messages import explain

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_DEPTH: Final = 60
MAX_VALUES: Final = 8_000_000
_IMPLICIT: Final[dict[str, bool | None]] = {
    "": None, "~": None, "null": None, "true": True, "false": False,
}  # fmt: skip
#: What YAML does not allow in a text, plus lone halves of surrogate pairs.
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
#: Files of office programs, which are given by mistake.
OFFICE: Final = {
    ".xlsx": "Excel 表格", ".xls": "Excel 表格", ".et": "WPS 表格", ".csv": "CSV 表格", ".docx": "Word 文档", ".doc": "Word 文档",
    ".wps": "WPS 文档", ".pdf": "PDF 文档",
}
_PAIR: Final = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_LOADER: Final[Any] = getattr(yaml, "CLoader", yaml.Loader)
_NO_KEYS: Final[dict[str, Place]] = {}


def read(path: Path | str) -> Node:
    """Read one file.

    Raises:
        InputError: the file is missing, unreadable, too large, not UTF-8, or no YAML; all problems with their places.
    """
    return parse(read_text(path), str(path))


def read_text(path: Path | str) -> str:
    """Read the text of one file.

    Raises:
        InputError: the file is missing, unreadable, too large, or not UTF-8.
    """
    name = str(path)
    if (what := OFFICE.get(Path(path).suffix.lower())) and Path(path).is_file():
        raise _failure(
            Place(name, 1, 1), "YAML-003", f"这是 {what}，组织文件应为 YAML 或 JSON 文本",
            "把其中各行按 docs/organisation-files.md 写进组织文件：一行写成一条记录；zeren demo --save 示例.yaml 给出样子",
        )  # fmt: skip
    try:
        data = _bytes(Path(path), name)
    except (OSError, ValueError) as error:
        raise _failure(Place(name), "YAML-001", *_os_words(error)) from error
    return _decode(data, name)


def parse(text: str, name: str) -> Node:
    """Parse ``text``; ``name`` stands in the places of messages.

    Raises:
        InputError: the text is empty or no YAML; all problems with their places.
    """
    text = text.removeprefix("\ufeff")
    if name.endswith(".json"):
        text = _PAIR.sub(_joined, text)
    if bad := _FORBIDDEN.search(text):
        raise _failure(
            _place_at(text, bad.start(), name), "YAML-006",
            f"有不能出现的控制字符 U+{ord(bad.group()):04X}，可能是二进制文件或复制时带入",
            "删去该字符；若是 Word、Excel 文件，请另存为文本后再用",
        )  # fmt: skip
    if not text.strip():
        raise _failure(Place(name, 1, 1), "YAML-005", "文件是空的", "至少写出 units:，格式见 docs/organisation-files.md")
    problems = Problems()
    try:
        node = _Builder(name, problems).build(_LOADER(text))
    except yaml.YAMLError as error:
        message, hint, line, column = explain(error, text)
        problems.add(Place(name, line, column), "YAML-010", message, hint)
    except RecursionError:
        problems.add(Place(name), "YAML-013", f"嵌套超过 {MAX_DEPTH} 层", "减少嵌套")
    problems.raise_if_any(InputError)
    return node


class _Stop(Exception):
    """The rest of the text cannot be read with any sense."""


class _Builder:
    """Builds nodes from parser events with an explicit stack, so that deep nesting cannot exhaust the call stack."""

    def __init__(self, name: str, problems: Problems) -> None:
        self.name = name
        self.problems = problems

    def build(self, loader: Any) -> Node:
        """Return the one document of the text."""
        try:
            return self._document(self._events(loader))
        except _Stop:
            return Node(None, Place(self.name))
        finally:
            loader.dispose()

    def _place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self.name, mark.line + 1, mark.column + 1)

    def _events(self, loader: Any) -> Iterator[Any]:
        """Yield content events; refuse a second document and too many values."""
        documents = 0
        count = 0
        while True:
            event = loader.get_event()
            kind = type(event)
            if event is None or kind is yaml.StreamEndEvent:
                return
            if kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self.problems.add(
                        self._place(event), "YAML-014", "一个文件只能有一份文档，这里用 --- 另起了一份", "拆成两个文件，一起交给命令"
                    )
                    raise _Stop
            elif kind is not yaml.StreamStartEvent and kind is not yaml.DocumentEndEvent:
                count += 1
                if count > MAX_VALUES:
                    self.problems.add(self._place(event), "YAML-002", f"值超过 {MAX_VALUES} 个", "拆成几个文件")
                    raise _Stop
                yield event

    def _document(self, events: Iterator[Any]) -> Node:
        root: Node | None = None
        # Each open collection: list items or None, mapping entries, key places, pending key, its start.
        stack: list[_Open] = []
        name = self.name
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                if event.anchor or event.tag:
                    self._refuse(event)
                mark = event.start_mark
                place = Place(name, mark.line + 1, mark.column + 1)
                top = stack[-1] if stack else None
                if top is not None and top.items is None and top.key is None:
                    self._key(top, event.value, place)
                    continue
                node = Node(self._scalar(event, place), place, _NO_KEYS)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._open(stack, event, kind is yaml.SequenceStartEvent)
                continue
            elif kind is yaml.AliasEvent:
                self._refuse(event)
                node = Node(None, self._place(event), _NO_KEYS)
                if stack and stack[-1].items is None and stack[-1].key is None:
                    stack[-1].key = ""
                    continue
            else:
                node = stack.pop().close()
            if not stack:
                root = node
            else:
                stack[-1].take(node)
        if root is None:
            self.problems.add(Place(name, 1, 1), "YAML-005", "文件里没有内容（只有注释）", "至少写出 units:")
            raise _Stop
        return root

    def _open(self, stack: list[_Open], event: Any, is_list: bool) -> None:
        place = self._place(event)
        if event.anchor or event.tag:
            self._refuse(event)
        if len(stack) >= MAX_DEPTH:
            self.problems.add(place, "YAML-013", f"嵌套超过 {MAX_DEPTH} 层", "减少嵌套；地域、单位的上下级也可以用 parent、superior 写成平列")
            raise _Stop
        if stack and stack[-1].items is None and stack[-1].key is None:
            self.problems.add(place, "YAML-012", "键必须是文字，这里是列表或映射", "键写成一个词；花括号、方括号开头的文字要加引号")
            raise _Stop
        stack.append(_Open(place, is_list))

    def _key(self, top: _Open, key: str, place: Place) -> None:
        if not key:
            self.problems.add(place, "YAML-012", "键是空的", "在冒号前写出键")
        if key in top.entries:
            first = top.keys[key]
            self.problems.add(
                place, "YAML-011", f"键“{key}”重复，已写在第 {first.line} 行第 {first.column} 列",
                "并成一处，或删去一处；多个值写成列表",
            )  # fmt: skip
        top.key = key
        top.keys.setdefault(key, place)

    def _scalar(self, event: Any, place: Place) -> Scalar:
        value: str = event.value
        if event.style is None or event.style == "":
            return _IMPLICIT.get(value, value) if len(value) < 6 else value
        if event.style == '"' and (bad := _FORBIDDEN.search(value)):
            self.problems.add(place, "YAML-006", f"引号内转义出了控制字符 U+{ord(bad.group()):04X}", "删去该转义")
        return value

    def _refuse(self, event: Any) -> None:
        place = self._place(event)
        if type(event) is yaml.AliasEvent:
            self.problems.add(place, "YAML-015", f"不接受别名 *{event.anchor}", "把内容写全；文字以 * 开头时加引号")
        elif event.anchor:
            self.problems.add(place, "YAML-015", f"不接受锚点 &{event.anchor}", "去掉锚点；文字以 & 开头时加引号")
        else:
            self.problems.add(place, "YAML-016", f"不接受标签 {event.tag}", "去掉标签；文字以 ! 开头时加引号")


class _Open:
    """A list or mapping that is still being read."""

    __slots__ = ("entries", "items", "key", "keys", "place")

    def __init__(self, place: Place, is_list: bool) -> None:
        self.place = place
        self.items: list[Node] | None = [] if is_list else None
        self.entries: dict[str, Node] = {}
        self.keys: dict[str, Place] = {}
        self.key: str | None = None

    def take(self, node: Node) -> None:
        """Add a list element or the value of the pending key; of a repeated key the first value stays."""
        if self.items is not None:
            self.items.append(node)
        elif self.key is not None:
            self.entries.setdefault(self.key, node)
            self.key = None

    def close(self) -> Node:
        """Return the finished node."""
        if self.items is not None:
            return Node(tuple(self.items), self.place, _NO_KEYS)
        return Node(self.entries, self.place, self.keys)


def _bytes(path: Path, name: str) -> bytes:
    if path.is_dir():
        raise _failure(Place(name), "YAML-001", "这是文件夹，不是文件", "给出文件夹时由命令逐个读取其中的 *.yaml、*.yml、*.json")
    size = path.stat().st_size
    too_big = ("YAML-002", f"文件超过上限 {MAX_BYTES // 2**20} MB", "拆成几个文件；更大的数据用导入功能")
    if size > MAX_BYTES:
        raise _failure(Place(name), too_big[0], f"文件有 {size // 2**20} MB，{too_big[1][2:]}", too_big[2])
    with path.open("rb") as stream:  # pipes and devices have no size, so the cap holds here too
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _failure(Place(name), *too_big)
    return data


def _decode(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _failure(Place(name, 1, 1), "YAML-004", "文件编码是 UTF-16，应为 UTF-8", "用记事本打开，另存为，编码选 UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        place = Place(name, line, 1)
        if b"\x00" in data or not _is_gbk(data):
            raise _failure(
                place, "YAML-003", "文件不是文本（可能是 Word、Excel、压缩包或已损坏）", "给出 UTF-8 编码的 YAML 或 JSON 文件"
            ) from error
        raise _failure(
            place, "YAML-004", "文件编码是 GBK（GB18030），应为 UTF-8",
            "用记事本打开，另存为，编码选 UTF-8；或执行 iconv -f GB18030 -t UTF-8 原文件 > 新文件",
        ) from error  # fmt: skip


def _is_gbk(data: bytes) -> bool:
    """Whether the bytes read as Chinese text in GB18030; random bytes seldom do."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return not _FORBIDDEN.search(text)


def _joined(match: re.Match[str]) -> str:
    """JSON writes rare characters as two halves; YAML wants the character."""
    high, low = (int(half, 16) for half in match.groups())
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def _place_at(text: str, index: int, name: str) -> Place:
    start = text.rfind("\n", 0, index) + 1
    return Place(name, text.count("\n", 0, index) + 1, index - start + 1)


def _os_words(error: OSError | ValueError) -> tuple[str, str]:
    if isinstance(error, FileNotFoundError):
        return "文件不存在", "核对路径；路径里有空格时加引号"
    if isinstance(error, PermissionError):
        return "没有读取权限", "检查文件权限，或确认文件没有被其他程序独占"
    if isinstance(error, ValueError):
        return "路径不合法", "核对路径"
    return f"无法读取：{error.strerror or error}", "核对路径和磁盘"


def _failure(place: Place, code: str, message: str, hint: str) -> InputError:
    return InputError([Problem(place, code, message, hint)])
