"""The command ``zeren``: one subcommand per file, imported only when it is called."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

#: Subcommand → what it does. Each lives in ``zeren.cli.<name>`` with ``configure(parser)`` and ``run(args) -> int``.
COMMANDS: Final = {
    "demo": "看一个完整的例子",
    "check": "检查组织，列出不符合、证据不足与最小补救",
    "explain": "说明一条发现：为什么、在哪里、缺什么",
    "duties": "列出一个岗位的责任清单",
    "rules": "列出、查看、检查、测试、新建规则",
    "scenario": "运行场景并与预期结果比较",
    "schema": "输出 JSON Schema（组织、规则、场景）",
}
NOTICE: Final = "辅助研判，不构成责任认定"


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="zeren", description="安全生产责任体系：责任清单、合规检查、责任链", epilog=NOTICE,
    )
    subparsers = parser.add_subparsers(dest="command", metavar="命令", required=True)
    for name, text in COMMANDS.items():
        sub = subparsers.add_parser(name, help=text, description=text, epilog=NOTICE)
        if name == chosen:
            import_module(f"zeren.cli.{name}").configure(sub)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 clean, 1 findings, 2 bad input or usage, 3 internal error."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    chosen = next((word for word in arguments if word in COMMANDS), None)
    args = _parser(chosen).parse_args(arguments)
    from zeren.models.problems import ZerenError

    try:
        return int(import_module(f"zeren.cli.{args.command}").run(args))
    except ZerenError as error:
        print(error, file=sys.stderr)
        return 2
