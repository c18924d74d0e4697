"""pytest runs scenarios: every ``scenario.yaml`` below the tested folders is a test, and its failure shows why, as a tree.

Installed with the package as a plugin; nothing of zeren is imported until a scenario is found. Settings in the ini file: ``zeren_rules``
(folders of rules of your own, relative to the ini file) and ``zeren_engine``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from zeren.engine.scenarios import Result

_FILE: Final = "scenario.yaml"
_OURS: Final = re.compile(r"^scenario\s*:", re.MULTILINE)
#: How many findings of one scenario are explained.
_SHOWN: Final = 5


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the settings."""
    parser.addini("zeren_rules", "folders of further rules for scenarios", type="paths", default=[])
    parser.addini("zeren_engine", "the engine that checks scenarios: auto, duckdb, indexed", default="auto")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take the scenario files; one of another program that has the same name is left alone."""
    if file_path.name != _FILE:
        return None
    try:
        text = file_path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    return ScenarioFile.from_parent(parent, path=file_path) if _OURS.search(text) else None


class ScenarioFile(pytest.File):
    """A file with one scenario."""

    def collect(self) -> Iterator[pytest.Item]:
        """The scenario as the only test of its file."""
        yield ScenarioItem.from_parent(self, name=self.path.parent.name)


class ScenarioItem(pytest.Item):
    """A scenario as a test: it passes where every result is as expected."""

    def runtest(self) -> None:
        """Run the scenario.

        Raises:
            Different: a result is not as expected. InputError, RuleError: the scenario cannot be used. UsageError: a folder is not there.
        """
        from zeren.engine.scenarios import run
        from zeren.models.problems import UsageError

        rules: list[Path] = self.config.getini("zeren_rules")
        for folder in rules:
            if not folder.is_dir():
                raise UsageError.of("USE-文件夹", f"没有规则文件夹 {folder}", "核对 pytest 配置里的 zeren_rules")
        result = run(self.path.parent, str(self.config.getini("zeren_engine")), rules)
        if result.differences:
            raise Different(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Differences with their places and explanation trees; problems of the files as they are told elsewhere."""
        from zeren.models.problems import ZerenError

        if isinstance(excinfo.value, Different | ZerenError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test stands."""
        return self.path, 0, f"scenario: {self.name}"


class Different(Exception):
    """A scenario whose results are not as expected."""

    def __init__(self, result: Result) -> None:
        super().__init__(told(result))


def told(result: Result) -> str:
    """The differences of a result, and the explanations of the findings that they speak of."""
    from zeren.reports import tree

    lines = [f"{result.scenario.id} {result.scenario.title}：{len(result.differences)} 处与预期不同", *map(str, result.differences)]
    ids = dict.fromkeys(id for one in result.differences for id in one.findings)
    found = [finding for id in ids if (finding := result.report.finding(id)) is not None]
    text = "\n".join(lines)
    if found:
        text += "\n\n" + tree.render(result.report, found[:_SHOWN])
    if len(found) > _SHOWN:
        text += f"\n还有 {len(found) - _SHOWN} 条发现没有展开"
    return text
