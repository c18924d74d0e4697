"""DOT to a picture by Graphviz in a process with a time limit: the bundled one, else the system's ``dot``."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from zeren.graphs.render.errors import NoRenderer, RenderError, TimeLimit
from zeren.graphs.render.fontconfig import environment
from zeren.models.problems import NOWHERE, Problem

#: Seconds that a layout may take.
LIMIT: Final = 30.0
#: Dots per inch of a PNG; the other formats count in points.
PNG_DPI: Final = 144
POINTS: Final = 72
_CHILD: Final = Path(__file__).with_name("child.py")
_INSTALL: Final = (
    "pip install pygraphviz（自带 Graphviz，有 Linux x86-64/ARM64、macOS、Windows 的安装包）；"
    "其他平台装系统的 graphviz（apt、yum、brew install graphviz）；或把 .dot 文件拿到别的机器上画，见 docs/diagrams.md"
)

Command = Callable[[str, int], Sequence[str]]


def bundled(kind: str, dpi: int) -> Sequence[str]:
    """The command that draws with the Graphviz of the pygraphviz package."""
    return (sys.executable, "-P", "-W", "ignore", str(_CHILD), kind, str(dpi))


def system(kind: str, dpi: int) -> Sequence[str]:
    """The command that draws with the ``dot`` of the system."""
    return ("dot", f"-T{kind}", f"-Gdpi={dpi}")


def backend() -> Command:
    """The renderer to use.

    Raises:
        NoRenderer: there is none; the message says how to get one.
    """
    if find_spec("pygraphviz") is not None:
        return bundled
    if shutil.which("dot") is not None:
        return system
    raise NoRenderer([Problem(NOWHERE, "DRAW-渲染器", "这台机器上没有画图的 Graphviz", _INSTALL)])


def run(dot: str, kind: str, command: Command | None = None, limit: float = LIMIT) -> bytes:
    """Draw ``dot`` as ``kind`` (svg, png or pdf).

    Raises:
        TimeLimit: it took longer than ``limit`` seconds. NoRenderer: there is nothing to draw with.
        RenderError: Graphviz failed or warned of anything, even where it drew something.
    """
    with environment() as variables:
        return _run(dot, kind, command or backend(), limit, variables)


def run_all(dots: Sequence[str], kind: str, command: Command | None = None, limit: float = LIMIT) -> list[bytes]:
    """Draw several pages within ``limit`` seconds; the bundled renderer draws all of them in one process. Raises as :func:`run`."""
    chosen, end = command or backend(), time.monotonic() + limit
    with environment() as variables:
        if chosen is bundled and len(dots) > 1:
            return list(_unpacked(_run("\0".join(dots), kind, chosen, limit, variables)))
        return [_run(dot, kind, chosen, limit, variables, end - time.monotonic()) for dot in dots]


def _run(dots: str, kind: str, command: Command, limit: float, variables: Mapping[str, str], left: float | None = None) -> bytes:
    try:
        done = subprocess.run(command(kind, PNG_DPI if kind == "png" else POINTS), input=dots.encode(), capture_output=True,
                              env=dict(variables), timeout=limit if left is None else max(left, 0), check=False)
    except subprocess.TimeoutExpired:
        raise TimeLimit([Problem(NOWHERE, "DRAW-超时", f"排图超过 {limit:g} 秒", "改画聚焦图：--as focus --unit 编号")]) from None
    said = _complaints(done.stderr.decode(errors="replace"))
    if done.returncode != 0 or said or not done.stdout:
        what = "；".join(said) or (f"进程被信号 {-done.returncode} 终止" if done.returncode < 0 else f"返回 {done.returncode}，没有说明原因")
        raise RenderError([Problem(NOWHERE, "DRAW-渲染", f"Graphviz 未能正确画出：{what}", "这是 zeren 的缺陷；.dot 文件已经写出，请一并报告")])
    return done.stdout


def _unpacked(data: bytes) -> Iterator[bytes]:
    """The pictures that child.py wrote, each after a line with its length."""
    while data:
        length, _, rest = data.partition(b"\n")
        yield rest[:int(length)]
        data = rest[int(length):]


def _complaints(stderr: str) -> list[str]:
    """What Graphviz complained of. Fontconfig's remarks on its own configuration change nothing."""
    return [line.strip() for line in stderr.splitlines() if line.strip() and not line.startswith("Fontconfig ")][:8]
