"""``zeren template``: the workbook to fill, with headings, drop-downs, notes and an example."""

from __future__ import annotations

import argparse
from pathlib import Path

from zeren.cli import outputs


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("-o", "--output", type=Path, default=Path("模板.xlsx"), metavar="文件", help="写到这个文件，缺省为 模板.xlsx；已有的不覆盖")
    parser.add_argument("--example", action="store_true", help="不要空白模板，要一份填好的例子（虚构的云溪市）")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from importlib.resources import files

    from zeren import parse
    from zeren.models.workbook.template import workbook

    outputs.need_suffix(args.output, ".xlsx")
    example = parse((files("zeren.scenarios") / "demo.yaml").read_text(encoding="utf-8"), "示例.yaml")
    outputs.write_new(args.output, workbook(example) if args.example else workbook(example=example))
    print(f"已写入 {args.output}。填写方法见其中的“说明”“填写示例”；填好后：zeren check {args.output}")
    return 0
