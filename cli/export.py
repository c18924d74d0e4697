"""``zeren export``: an organisation as a workbook, or as a folder of CSV or Parquet files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from zeren.cli import inputs, outputs

if TYPE_CHECKING:
    from zeren.models.organisation import Organisation


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("org", nargs="+", type=Path, metavar="ORG", help="组织文件、工作簿或文件夹，可写多个")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="文件", help="工作簿（.xlsx）；写 --as 时是文件夹。已有的不覆盖")
    parser.add_argument("--as", dest="form", choices=("xlsx", "csv", "parquet"), default=None, metavar="格式",
                        help="xlsx（缺省）、csv 或 parquet；后两种一种关系一个文件，供程序交换")
    inputs.marked_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    org = inputs.organisation(args.org, args.marked)
    inputs.warn(org)
    if args.form in (None, "xlsx"):
        from zeren.models.workbook.template import workbook

        outputs.need_suffix(args.output, ".xlsx")
        outputs.write_new(args.output, workbook(org))
    else:
        outputs.write_folder(args.output, _files(org, args.form))
    print(f"已写入 {args.output}：{len(org.facts)} 条事实。读回来：zeren check {args.output}")
    return 0


def _files(org: Organisation, form: str) -> dict[str, bytes]:
    from tempfile import TemporaryDirectory

    from zeren.models.workbook.folder_out import csv_files, parquet_files

    if form == "csv":
        return csv_files(org)
    with TemporaryDirectory() as work:
        return parquet_files(org, Path(work))
