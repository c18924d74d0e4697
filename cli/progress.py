"""Progress on stderr: a bar on a terminal, one line otherwise, and only when the work takes longer than a moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from zeren.engine.language.plan import Plan

_PATIENCE = 1.0
_BAR = 24


class Progress:
    """Called before each rule; says nothing during the first second."""

    def __init__(self, total: int, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._total, self._stream, self._clock = total, stream, clock
        self._started, self._done, self._shown = clock(), 0, False

    def __call__(self, plan: Plan) -> None:
        """Note that ``plan`` is next."""
        self._done += 1
        if self._clock() - self._started < _PATIENCE:
            return
        if self._stream.isatty():
            filled = min(_BAR, _BAR * self._done // max(1, self._total))
            bar = "#" * filled + "-" * (_BAR - filled)
            self._stream.write(f"\r[{bar}] {self._done}/{self._total} {plan.rule.id:<10}")
        elif not self._shown:
            self._stream.write(f"正在检查：共 {self._total} 条规则，请稍候\n")
        self._shown = True
        self._stream.flush()

    def close(self) -> None:
        """Wipe the bar."""
        if self._shown and self._stream.isatty():
            self._stream.write("\r" + " " * (_BAR + 30) + "\r")
            self._stream.flush()
