"""The way to the child processes: one for each batch, bounded, and believed only if it ended well."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from zeren.engine.backends.durable import sizes
from zeren.engine.backends.durable.rulesets import Ruleset, Tuple
from zeren.engine.backends.durable.sizes import Limits
from zeren.models.problems import UsageError

#: The program of the launcher and its children.
CHILD = Path(__file__).with_name("child.py")
#: The last line of an answer is shorter than this.
_LAST: Final = 40
_ELSE: Final = "改用 --engine duckdb（结果相同）"
_HOW: Final = f"{_ELSE}，或在 Python 3.11、3.12 上 pip install 'zeren[durable]'（需要 C 编译器）"


class Failed(Exception):
    """A child process crashed, hung, met a limit or said what cannot be; the text says which, in Chinese."""


def available() -> None:
    """Make sure that durable-rules can run here.

    Raises:
        UsageError: it cannot, and why.
    """
    if sys.version_info >= (3, 13):
        here = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise UsageError.of("USE-引擎", f"引擎 durable 只在 Python 3.11、3.12 上运行，此处是 {here}", _HOW)
    if find_spec("durable_rules_engine") is None or find_spec("durable") is None:
        raise UsageError.of("USE-引擎", "没有安装引擎 durable 所需的 durable-rules", _HOW)
    if find_spec("resource") is None:
        raise UsageError.of("USE-引擎", "引擎 durable 要在能限制子进程内存与时间的系统上运行（Linux、macOS）", _ELSE)


class Launcher:
    """Starts a child process for each batch. It is itself started with the first batch, and again after a hang."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, rulesets: Sequence[Ruleset]) -> list[tuple[int, Tuple]]:
        """Run rulesets in one child process and return their matches with the owners of the joins, sorted.

        Raises:
            Failed: the answer is not to be believed.
        """
        answers = self.ask(self.job({"rulesets": [one.data() for one in rulesets]}), len(rulesets))
        try:
            found = {ruleset.read(rule, ids) for ruleset, answer in zip(rulesets, answers, strict=True) for rule, *ids in answer}
        except (TypeError, ValueError) as error:
            raise Failed(f"的答复不能信：{error}") from None
        return sorted(found, key=lambda one: (one[0], [-1 if index is None else index for index in one[1]]))

    def job(self, what: dict[str, Any]) -> dict[str, Any]:
        """A job with its limits."""
        return {**what, "seconds": self._limits.seconds, "memory": self._limits.memory, "batch": sizes.BATCH}

    def ask(self, message: object, count: int) -> list[Any]:
        """Send a message and return ``count`` answers.

        Raises:
            Failed: the answer is not to be believed.
        """
        return self._answers(self._asked(json.dumps(message).encode() + b"\n"), count)

    def _asked(self, job: bytes) -> list[str]:
        """Send a job; return the lines of the answer, up to the one that says how the child ended."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        deadline, text = time.monotonic() + self._limits.seconds, bytearray()
        try:
            process.stdin.write(job)
            process.stdin.flush()
            with selectors.DefaultSelector() as waiting:
                waiting.register(process.stdout, selectors.EVENT_READ)
                while b'\n{"ended"' not in text[-_LAST:] or not text.endswith(b"\n"):
                    if not waiting.select(max(0.0, deadline - time.monotonic())):
                        raise Failed(f"超过 {self._limits.seconds} 秒没有答复")
                    piece = os.read(process.stdout.fileno(), 1 << 20)
                    if not piece:
                        raise Failed("不能运行（durable-rules 装入失败，或被系统终止）")
                    text += piece
        except (Failed, OSError) as error:
            self.close()
            raise error if isinstance(error, Failed) else Failed(f"不能运行（{error.strerror}）") from None
        return [line for line in text.decode("utf-8", "replace").splitlines() if line]

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            spec = find_spec("durable_rules_engine")
            path = [str(Path(spec.origin).parent)] if spec is not None and spec.origin else []
            self._process = subprocess.Popen([sys.executable, "-I", "-S", str(CHILD), *path], stdin=subprocess.PIPE,
                                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
            weakref.finalize(self, _stop, self._process)
        return self._process

    def close(self) -> None:
        """Stop the launcher and whatever it started."""
        if self._process is not None:
            _stop(self._process)
            self._process = None

    def _answers(self, lines: list[str], count: int) -> list[Any]:
        """The answers for the rulesets, if the child ended well."""
        ended = json.loads(lines[-1])["ended"]
        if ended:
            raise Failed(_ended(ended, self._limits))
        try:
            *answers, last = [json.loads(line) for line in lines[:-1]]
        except ValueError:
            raise Failed("的答复残缺") from None
        if isinstance(last, dict):
            memory = last.get("error") == "MemoryError"
            raise Failed(f"用满 {self._limits.memory >> 20} MB 内存" if memory else f"出错（{last.get('text') or last.get('error')}）")
        if last != "done" or len(answers) != count or not all(isinstance(one, list) and all(one) for one in answers):
            raise Failed("的答复残缺")
        return answers


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    process.wait()


def _ended(code: int, limits: Limits) -> str:
    """How a process ended that did not end well."""
    if -code in (signal.SIGXCPU, signal.SIGKILL):
        return f"用满 {limits.seconds} 秒 CPU，或被系统终止"
    return f"崩溃（{signal.Signals(-code).name}）" if code < 0 else f"出错（退出码 {code}）"
