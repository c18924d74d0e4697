"""Progress on stderr: a bar on a terminal, one line otherwise, and only when the work takes longer than a moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from zeren.engine.language.plan import Plan

_PATIENCE = 1.0
_BAR = 24
#: A bar that is drawn for each of fifty thousand things takes longer than the things.
_REDRAW = 0.1


class Progress:
    """Called before each rule, or with the name of each other thing; says nothing during the first second.

    ``line`` is what is said, once, where there is no terminal; nothing where it is empty.
    """

    def __init__(self, total: int, stream: TextIO, clock: Callable[[], float] = time.monotonic, line: str = "正在检查：共 {total} 条规则，请稍候\n") -> None:
        self._total, self._stream, self._clock, self._line = total, stream, clock, line
        self._started, self._done, self._shown, self._drawn = clock(), 0, False, 0.0

    def __call__(self, plan: Plan) -> None:
        """Note that ``plan`` is next."""
        self.step(plan.rule.id)

    def step(self, name: str) -> None:
        """Note that what is called ``name`` is next."""
        self._done += 1
        if self._clock() - self._started < _PATIENCE:
            return
        if self._stream.isatty():
            if self._clock() - self._drawn >= _REDRAW:
                self._draw(name)
        elif not self._shown:
            self._stream.write(self._line.format(total=self._total))
            self._stream.flush()
        self._shown = True

    def _draw(self, name: str) -> None:
        filled = min(_BAR, _BAR * self._done // max(1, self._total))
        bar = "#" * filled + "-" * (_BAR - filled)
        self._stream.write(f"\r[{bar}] {self._done}/{self._total} {name:<10}")
        self._stream.flush()
        self._drawn = self._clock()

    def close(self) -> None:
        """Wipe the bar."""
        if self._shown and self._stream.isatty():
            self._stream.write("\r" + " " * (_BAR + 30) + "\r")
            self._stream.flush()
