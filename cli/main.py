"""The command ``zeren``: one subcommand per file, imported only when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zeren.cli.parser import Parser
    from zeren.models.problems import ZerenError

#: Subcommand → what it does. Each lives in ``zeren.cli.<name>`` with ``configure(parser)`` and ``run(args) -> int``.
COMMANDS: Final = {
    "demo": "看一个完整的例子",
    "check": "检查组织，列出不符合、证据不足与最小补救",
    "explain": "说明一条发现：为什么、在哪里、缺什么",
    "duties": "列出一个岗位的责任清单",
    "trace": "从一起事故追到每个应答的岗位，并说明为什么有、为什么没有",
    "draw": "画图：责任体系、岗位、覆盖、事故责任链、规则",
    "structure": "看责任体系的结构：空白、交叉、循环、单点、有责无权",
    "diff": "比较两份报告（整改情况）或两个组织（谁的职责没人承接）",
    "ask": "该先向谁调取哪些资料，才能用最少的资料判定最多",
    "template": "写出供填写的 Excel 模板，带下拉、说明和示例",
    "import": "把填好的工作簿、CSV 变成组织文件",
    "export": "把组织写成工作簿，或 CSV、Parquet 文件夹",
    "watch": "逐条收下事件，随时说出哪些责任变了",
    "rules": "列出、查看、检查、测试、新建规则",
    "scenario": "运行场景并与预期结果比较",
    "drill": "演练：出题、批改、看答案、做讲课用的图",
    "schema": "输出 JSON Schema（组织、规则、场景、事件、报告、责任链、比较、资料调取）",
}
NOTICE: Final = "辅助研判，不构成责任认定"
#: Exit codes beside 0 (clean) and 1 (findings).
BAD_INPUT: Final = 2
INTERNAL: Final = 3
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141
_EXITS: Final = "退出码：0 没有达到 --fail-on 的不符合；1 有；2 输入或用法有误；3 内部错误。"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 clean, 1 findings, 2 bad input or usage, 3 internal error."""
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a GBK or ASCII terminal must not stop a report
            stream.reconfigure(errors="replace")
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("已中断", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _silence()
        return BROKEN_PIPE
    except SystemExit as stop:  # --help and --version
        return stop.code if isinstance(stop.code, int) else 0
    except Exception as error:
        return _failed(error)


def _open_streams() -> None:
    """Put nothing in place of streams that the caller closed, as services do."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


def parser(chosen: str | None) -> Parser:
    """The parser of all commands; only the chosen command's own arguments are declared."""
    from zeren.cli.parser import Parser

    top = Parser(prog="zeren", description="安全生产责任体系：责任清单、合规检查、责任链", epilog=f"{_EXITS}{NOTICE}。")
    top.add_argument("--version", action="version", version=_version(), help="显示版本")
    subparsers = top.add_subparsers(dest="command", metavar="命令", required=True, title="命令")
    for name, text in COMMANDS.items():
        sub = subparsers.add_parser(name, help=text, description=text, epilog=NOTICE)
        if name == chosen:
            import_module(f"zeren.cli.{name}").configure(sub)
    return top


def console() -> int:
    """The installed command: :func:`main` in a process of its own, which need not look for garbage as often."""
    import gc

    gc.set_threshold(100_000, 50, 100)
    return main()


def _run(arguments: list[str]) -> int:
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    args = parser(chosen if chosen in COMMANDS else None).parse_args(arguments)
    return int(import_module(f"zeren.cli.{args.command}").run(args))


def _version() -> str:
    from zeren import __version__

    return f"zeren {__version__}"


def _failed(error: Exception) -> int:
    from zeren.models.problems import ZerenError

    if isinstance(error, ZerenError):
        print(problems_text(error), file=sys.stderr)
        return BAD_INPUT
    if isinstance(error, OSError):
        print(f"读写失败：{error.filename or ''} {error.strerror or error}", file=sys.stderr)
        return BAD_INPUT
    if isinstance(error, MemoryError) or "Out of Memory Error" in str(error):  # the latter is DuckDB's
        print("内存不够，没有算完：关掉别的程序，放宽内存限制（ulimit -v），或者用 --only 分几次检查", file=sys.stderr)
        return BAD_INPUT
    if os.environ.get("ZEREN_DEBUG") == "1":
        import traceback

        traceback.print_exc()
    print(
        f"内部错误：{type(error).__name__}：{error}\n"
        "    这是 zeren 的缺陷，不是文件的问题。请设环境变量 ZEREN_DEBUG=1 再运行一次，"
        "把全部输出与所用的命令报告给维护者（文件中的姓名、电话请先删去）。",
        file=sys.stderr,
    )
    return INTERNAL


def problems_text(error: ZerenError) -> str:
    """All problems of an error, one after the other; problems of usage have no place to show."""
    return "\n".join(str(problem).removeprefix("（无位置）: ") for problem in error.problems)


def _silence() -> None:
    """Keep the interpreter from complaining when it flushes a closed pipe at exit."""
    with suppress(OSError, ValueError):  # no real file behind stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
