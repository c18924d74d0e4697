"""The argument parser in Chinese: help, usage and errors; an error is a :class:`UsageError`, not an exit."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from typing import Any, Final, NoReturn

_REQUIRED: Final = re.compile(r"the following arguments are required: (.+)")
#: What argparse says, and what we say.
_MESSAGES: Final = (
    (_REQUIRED, r"缺少参数：\1"),
    (re.compile(r"unrecognized arguments: (.+)"), r"多出了参数：\1"),
    (re.compile(r"argument (.+?): expected one argument"), r"\1 之后缺少一个值"),
    (re.compile(r"argument (.+?): expected at least one argument"), r"\1 之后至少要有一个值"),
    (re.compile(r"argument (.+?): expected (\d+) arguments?"), r"\1 之后要有 \2 个值"),
    (re.compile(r"argument (.+?): invalid choice: '?(.+?)'? \(choose from (.+)\)"), r"\1 没有取值“\2”，可用：\3"),
    (re.compile(r"argument (.+?): invalid \S+ value: '?(.+?)'?"), r"\1 的值“\2”不合格式"),
    (re.compile(r"argument (.+?): not allowed with argument (.+)"), r"\1 不能与 \2 同时使用"),
    (re.compile(r"argument (.+?): ignored explicit argument '?(.+?)'?"), r"\1 不带值，多写了“\2”"),
    (re.compile(r"one of the arguments (.+) is required"), r"要写以下参数之一：\1"),
)
_ENTRY: Final = re.compile(r"( {2,4}\S.*?) {2,}(\S.*\n?)")
#: Where the help of an argument begins; the default of argparse.
_COLUMN: Final = 24
_CHOICE: Final = re.compile(r"invalid choice: '?(.+?)'? \(choose from (.+)\)")


class Parser(argparse.ArgumentParser):
    """An argument parser whose words are Chinese."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("formatter_class", Formatter)
        super().__init__(*args, **{**options, "add_help": False, "allow_abbrev": False})
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示帮助")

    def error(self, message: str) -> NoReturn:
        """Raise what argparse found wrong.

        Raises:
            UsageError: always.
        """
        from zeren.models.problems import UsageError, nearest

        text = translated(message)
        text = text.replace("'", "") if "可用" in text else text
        choice = _CHOICE.search(message)
        near = nearest(choice[1], re.findall(r"[^',\s]+", choice[2])) if choice else ""
        raise UsageError.of("USE-参数", text + (f"；{near}" if near else ""), f"{self.prog} --help 查看用法")


class Formatter(argparse.HelpFormatter):
    """Help that wraps Chinese by its width."""

    def add_usage(self, usage: str | None, actions: Iterable[argparse.Action], groups: Iterable[Any],
                  prefix: str | None = None) -> None:
        """Say 用法 instead of usage."""
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)

    def format_help(self) -> str:
        """The help, with its second column set by width."""
        return "".join(_aligned(line) for line in super().format_help().splitlines(keepends=True))

    def _split_lines(self, text: str, width: int) -> list[str]:
        from zeren.reports.width import wrap

        return wrap(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        from zeren.reports.width import wrap

        return "\n".join(indent + line for line in wrap(text, width - len(indent)))


def _aligned(line: str) -> str:
    """Move the help of one argument to the column where it belongs."""
    from zeren.reports.width import pad, width

    match = _ENTRY.fullmatch(line)
    if match is None:
        return line
    gap = "\n" + " " * _COLUMN if width(match[1]) > _COLUMN - 2 else ""
    return (match[1] + gap if gap else pad(match[1], _COLUMN)) + match[2]


def translated(message: str) -> str:
    """Put a message of argparse into Chinese; one that is not known stays as it is.

    >>> translated("the following arguments are required: ORG")
    '缺少参数：ORG'
    """
    for pattern, template in _MESSAGES:
        if (match := pattern.fullmatch(message)) is not None:
            return match.expand(template)
    return message
