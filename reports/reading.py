"""Read a JSON report again, as it was written: for comparison, and for printing in another format later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from zeren.models.problems import InputError, Place, Problem
from zeren.reports.document import SCHEMA_VERSION, ReportDocument

#: How many faults of one file are told.
_FAULTS: Final = 20


def looks_like_report(path: Path) -> bool:
    """Whether a file calls itself a report: JSON with ``schema_version`` and ``findings``."""
    if not path.is_file() or path.suffix.lower() != ".json":
        return False
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(data, dict) and "schema_version" in data and "findings" in data


def read(path: Path) -> ReportDocument:
    """Read the report in ``path``.

    Raises:
        InputError: the file is no report, or of a form that this version does not know; every fault with its place in the data.
    """
    from pydantic import TypeAdapter, ValidationError

    data = _data(path)
    version = data.get("schema_version") if isinstance(data, dict) else None
    if version != SCHEMA_VERSION:
        raise _error(path, f"不是本版本的检查报告：schema_version 是 {version!r}，应为 {SCHEMA_VERSION!r}", "用本版本重新检查：zeren check ORG -f json:报告.json")
    try:
        return TypeAdapter(ReportDocument).validate_python(data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        problems = [_problem(path, f"报告的 {'.'.join(str(part) for part in one['loc'])} 不合格式（{one['type']}）") for one in found[:_FAULTS]]
        raise InputError(problems) from None


def _data(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _error(path, f"不能读取：{error.strerror}", "核对路径") from None
    except UnicodeDecodeError:
        raise _error(path, "不是 UTF-8 文字", "用 zeren check ORG -f json:报告.json 得到报告") from None
    except json.JSONDecodeError as error:
        problem = Problem(Place(str(path), error.lineno, error.colno), "RPT-001", f"不是 JSON：{error.msg}", "报告可能没有写完，重新生成")
        raise InputError([problem]) from None
    except RecursionError:
        raise _error(path, "嵌套太深", "用 zeren check ORG -f json:报告.json 得到报告") from None


def _problem(path: Path, message: str, hint: str = "报告由 zeren check -f json 写出，不要手工修改") -> Problem:
    return Problem(Place(str(path)), "RPT-001", message, hint)


def _error(path: Path, message: str, hint: str) -> InputError:
    return InputError([_problem(path, message, hint)])
