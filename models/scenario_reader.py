"""Takes the nodes of a scenario file apart and records what is wrong with them, with their places."""

from __future__ import annotations

from zeren.models.cells import moment
from zeren.models.nodes import Node
from zeren.models.problems import Problems, choices, nearest


class Reader:
    """Reads values of the expected shape; what has another is a problem, and an empty value is returned."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    def add(self, node: Node, message: str, hint: str) -> None:
        """Record a problem at the place of a node."""
        self.problems.add(node.place, "SCN-写法", message, hint)

    def keys(self, node: Node, known: tuple[str, ...], required: tuple[str, ...], what: str) -> None:
        """Record unknown and missing keys of a mapping; ``what`` is how it is called."""
        if not isinstance(node.value, dict):
            self.add(node, f"{what}应是“键: 值”，这里是{node.kind}", f"可用的键有 {choices(known, 20)}")
            return
        for key in node.fields:
            if key not in known:
                near = nearest(key, known)
                self.problems.add(node.keys.get(key, node.place), "SCN-键", f"{what}没有“{key}”这一项",
                                  "；".join(filter(None, (near, f"可用的键有 {choices(known, 20)}"))))
        missing = [key for key in required if key not in node.fields]
        if missing:
            self.add(node, f"{what}缺少 {'、'.join(missing)}", f"补上 {missing[0]}: …")

    def list(self, node: Node | None, what: str) -> tuple[Node, ...]:
        """The entries of a list; nothing where nothing is written."""
        if node is None or node.value is None:
            return ()
        if not isinstance(node.value, tuple):
            self.add(node, f"{what} 应为列表，这里是{node.kind}", "每一项前写“- ”")
        return node.items

    def many(self, node: Node | None) -> tuple[Node, ...]:
        """The entries of a list, or the one thing that stands in its place."""
        if node is None or node.value is None:
            return ()
        return node.items if isinstance(node.value, tuple) else (node,)

    def words(self, node: Node | None) -> tuple[str, ...]:
        """The words of a list, or the one word in its place."""
        return tuple(self.text(one, "这里") for one in self.many(node))

    def text(self, node: Node | None, key: str) -> str:
        """A word or sentence."""
        if node is None or node.value is None:
            return ""
        if node.text is None:
            self.add(node, f"{key} 应是文字，这里是{node.kind}", "只写一个词或一段话")
        return node.text or ""

    def flag(self, node: Node | None, key: str, otherwise: bool) -> bool:
        """True or false; ``otherwise`` where nothing is written."""
        if node is not None and not isinstance(node.value, bool):
            self.add(node, f"{key} 只能是 true 或 false", "true 表示写出的这些，别无其他")
        return otherwise if node is None else node.value is True

    def moment(self, node: Node | None, key: str) -> str:
        """A moment as it is written, if it can be read as one."""
        text = self.text(node, key)
        return text if node is not None and text and moment(text, node, self.problems, key) is not None else ""
