"""An office's own Word template, filled in by docxtpl (extra ``template``): ``{{ organisation }}``, ``{% for one in findings %}`` …

The names are those of the JSON report (``zeren schema report``), and ``failed``, ``warned``, ``open`` and
the ``window`` of a request besides. What a template may do is bounded by
Jinja's sandbox.
"""

from __future__ import annotations

from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any

from zeren.models.problems import UsageError
from zeren.reports.clean import clean
from zeren.reports.document import ReportDocument
from zeren.reports.requests import window
from zeren.reports.word.audit import failed
from zeren.reports.word.paper import settled


def render(document: ReportDocument, template: Path) -> bytes:
    """The template filled in, as bytes of a .docx file.

    Raises:
        UsageError: docxtpl is not installed, the file is no Word document, or the template has a mistake.
    """
    try:
        from docxtpl import DocxTemplate
    except ImportError:
        raise UsageError.of("USE-模板", "填写自己的 Word 模板要用 docxtpl，没有安装", "pip install 'zeren[template]'") from None
    from jinja2.exceptions import TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    if not template.is_file():
        raise UsageError.of("USE-模板", f"没有模板文件 {template}", "核对 --template 的路径")
    try:
        made = DocxTemplate(str(template))
        made.render(context(document), SandboxedEnvironment(autoescape=True))
        buffer = BytesIO()
        made.save(buffer)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        place = f"（第 {line} 行附近）" if line else ""
        raise UsageError.of("USE-模板", f"模板 {template} 不能填写{place}：{error.message}", "可用的名称见 zeren schema report") from None
    except Exception as error:  # what python-docx raises of a file that is no Word document depends on what is wrong with it
        raise UsageError.of("USE-模板", f"{template} 不是可用的 Word 模板（{type(error).__name__}）", "另存为 .docx 再试") from None
    return settled(buffer.getvalue())


def context(document: ReportDocument) -> dict[str, Any]:
    """What a template may name."""
    data: dict[str, Any] = _cleaned(asdict(document))
    findings = {one["id"]: one for one in data["findings"]}
    return {
        **data, "failed": [findings[one.id] for one in failed(document)],
        "warned": [findings[one.id] for one in failed(document, warning=True)],
        "requests": [{**one, "window": window(request)} for one, request in zip(data["requests"], document.requests, strict=True)],
        "open": [one for one in data["findings"] if one["outcome"] == "unknown"],
    }


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(one) for one in value]
    return clean(value) if isinstance(value, str) else value
