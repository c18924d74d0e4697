"""``zeren demo``: a small fictional city, what a check finds there, and what to try next."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from zeren.cli import inputs
from zeren.reports.page import NOTICE, Page

_NAME: Final = "示例.yaml"
_INTRO: Final = (
    "云溪市是虚构的小城：一市、一县、一镇、一村，两家企业。它的组织文件写明谁任什么职、分管什么、监管什么，"
    "以及半年里做过的事：检查、隐患整改、一起事故的报告。",
    "zeren 用一套规则逐条核对：做到的列出佐证，没做到的说明谁该做、差在哪里、怎样补救；"
    "资料没有给齐的不下结论，只列出该调取什么；还没到期的、已经批准豁免的，另行列出。",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--save", type=Path, metavar="文件", help="把示例的组织文件另存为这个文件，供自己修改")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    text = _text()
    if args.save is not None:
        return _save(text, args.save)
    from zeren import check, parse
    from zeren.reports import terminal

    style = inputs.style()
    report = check(parse(text, _NAME))
    page = Page(style)
    page.line("zeren 示例", 0, "bold")
    page.line(NOTICE, 0, "dim")
    for paragraph in _INTRO:
        page.line(paragraph)
    page.lines += ["", "-" * min(style.columns, 78), ""]
    sys.stdout.write(page.text() + terminal.render(report, style, org=_NAME))
    failed = [one for one in report.by("fail") if not one.warning]
    sys.stdout.write(_next(Page(style), failed[0].id, failed[0].rule.id))
    return 0


def _next(page: Page, finding: str, rule: str) -> str:
    page.heading("接着试试")
    page.table([
        [f"zeren demo --save {_NAME}", "把这个例子存成文件，改一改再查"],
        [f"zeren check {_NAME} --fail-on 严重", "重新检查；有严重的不符合时退出码为 1"],
        [f"zeren explain {finding} {_NAME}", "一条发现的来龙去脉"],
        [f"zeren duties {_NAME} 赤岩厂长", "一个岗位的责任清单"],
        [f"zeren trace {_NAME} SG-01", "一起事故该由谁应答，谁不该，各为什么"],
        [f"zeren rules show {rule}", "一条规则的条件、依据和所靠的台账"],
        ["zeren schema org", "组织文件的 JSON Schema，编辑器据此补全"],
    ], 2, head=False)
    return page.text()


def _text() -> str:
    from importlib.resources import files

    return (files("zeren.scenarios") / "demo.yaml").read_text(encoding="utf-8")


def _save(text: str, path: Path) -> int:
    from zeren.models.problems import UsageError

    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError.of("USE-输出", f"{path} 已经存在，不覆盖", "换一个文件名") from None
    except OSError as error:
        raise UsageError.of("USE-输出", f"不能写入 {path}：{error.strerror}", "核对文件夹是否存在、是否有写入权限") from None
    print(f"已写入 {path}。下一步：zeren check {path}")
    return 0
