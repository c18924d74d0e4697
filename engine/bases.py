"""What rules and numbers rest on: facts of law and statements of the sources, each with its check state."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from zeren.engine.language.rule import Basis

_ORDER: Final = ("fact", "seed", "custom")


class Bases:
    """The sources in ``basis/*.json`` of the rule folders; read when first asked. A pack has one (:attr:`Pack.bases`)."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders

    @cached_property
    def entries(self) -> dict[str, dict[str, Any]]:
        """Every source by id."""
        found: dict[str, dict[str, Any]] = {}
        for folder in self._folders:
            for path in sorted(folder.glob("basis/*.json")):
                found |= json.loads(path.read_text(encoding="utf-8"))
        return found

    def describe(self, bases: Iterable[Basis]) -> tuple[str, ...]:
        """Each basis as a line such as ``《安全生产法》第二十二条``: law before speeches before custom."""
        return tuple(self._line(basis) for basis in sorted(bases, key=lambda basis: _ORDER.index(basis.kind)))

    def _line(self, basis: Basis) -> str:
        if basis.kind == "custom":
            return f"惯例：{basis.ref}"
        entry = self.entries.get(basis.ref)
        if entry is None:
            return basis.ref
        if basis.kind == "seed":
            return f"讲话材料 {basis.ref}（{entry.get('mechanism', '')}，{entry.get('era') or '年代不详'}）"
        number = f" {entry['number']}" if entry.get("number") else ""
        article = f" {entry['article']}" if entry.get("article") else ""
        state = entry.get("confidence", "")
        return f"{entry['instrument']}{number}{article}" + ("" if state == "已核" else f"（{state}）")
