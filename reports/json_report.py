"""The report as JSON: versioned, keys sorted, the same bytes for the same input."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from zeren.engine.report import Report
from zeren.reports.document import ReportDocument, document


def render(report: Report, ascii_only: bool = False) -> str:
    """Return the report as JSON text; ``ascii_only`` escapes Chinese, for streams that cannot write it."""
    return written(document(report), ascii_only)


def written(made: ReportDocument, ascii_only: bool = False) -> str:
    """Return a report that is plain data already as JSON text."""
    return dump(asdict(made), ascii_only)


def dump(data: Any, ascii_only: bool = False) -> str:
    """Write plain data as JSON text with sorted keys and a line end at the end."""
    return json.dumps(data, ensure_ascii=ascii_only, indent=2, sort_keys=True) + "\n"
