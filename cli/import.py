"""``zeren import``: workbooks and other tables into organisation files, as an author would write them."""

from __future__ import annotations

import argparse
from pathlib import Path

from zeren.cli import inputs, outputs


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("org", nargs="+", type=Path, metavar="工作簿", help="填好的工作簿（.xlsx、.xls），或 CSV、Parquet 文件、文件夹，可写多个")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="文件夹", help="写到这个新文件夹；写成 名称.yaml 时写成一个文件。已有的不覆盖")
    inputs.marked_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from zeren.models.workbook.sourced import sourced
    from zeren.models.writer import write

    org = inputs.organisation(args.org, args.marked)
    inputs.warn(org)
    files = sourced(write(org), org.facts, args.org)
    if args.output.suffix.lower() in (".yaml", ".yml"):
        outputs.write_new(args.output, "".join(files.values()).encode("utf-8"))
    else:
        outputs.write_folder(args.output, {name: text.encode("utf-8") for name, text in files.items()})
    print(f"已写入 {args.output}：{len(org.facts)} 条事实。下一步：zeren check {args.output}")
    return 0
