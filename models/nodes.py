"""A parsed YAML or JSON text in which every value keeps its place. Scalars stay text; columns give them a type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zeren.models.problems import Place

Scalar = str | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, a list or a mapping, with the place where it starts; a mapping also keeps the places of its keys."""

    value: Scalar | tuple[Node, ...] | dict[str, Node]
    place: Place
    keys: Mapping[str, Place] = field(default_factory=dict)

    @property
    def items(self) -> tuple[Node, ...]:
        """The elements, if this is a list; else nothing."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def fields(self) -> dict[str, Node]:
        """The entries, if this is a mapping; else nothing."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def text(self) -> str | None:
        """The text, if this is a piece of text; else nothing."""
        return self.value if isinstance(self.value, str) else None

    @property
    def kind(self) -> str:
        """What this is, in words for messages."""
        if isinstance(self.value, dict):
            return "映射"
        if isinstance(self.value, tuple):
            return "列表"
        if isinstance(self.value, bool):
            return "真假值"
        return "空值" if self.value is None else "文字"

    def plain(self) -> object:
        """The value without places, for messages and comparisons."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, tuple):
            return [node.plain() for node in self.value]
        return self.value
