"""What holds for every file: one import name, one size, nothing of the machine it was written on."""

from __future__ import annotations

import ast
import doctest
import importlib
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[1]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
FOLDERS: dict[str, str] = SETUPTOOLS["package-dir"]
SKIPPED = {"build", "dist", "__pycache__"}
HIDDEN_BUT_OURS = {".ci", ".github", ".vscode"}

MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|tmp|root|farm|home/\w+|Users/\w+)/|[A-Z]:\\Users\\")
PRIVATE_HOST = re.compile(r"https?://[\w.-]+\.(?:internal|local|corp|lan)\b|index[-]url")
PUBLIC_REGISTRY = {"pypi.org", "files.pythonhosted.org"}


def files() -> Iterator[Path]:
    """Every file of the project, whether committed yet or not; tools' folders and what is built are left out."""
    for folder, below, names in os.walk(ROOT):
        below[:] = sorted(
            name for name in below
            if name not in SKIPPED and not name.endswith(".egg-info")
            and (not name.startswith(".") or name in HIDDEN_BUT_OURS))
        yield from (Path(folder, name) for name in sorted(names) if name != ".git")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


FILES = list(files())
PYTHON = [path for path in FILES if path.suffix == ".py"]
MODULES = sorted(
    ".".join([package, *path.relative_to(ROOT / folder).with_suffix("").parts]).removesuffix(".__init__")
    for package, folder in FOLDERS.items()
    for path in PYTHON
    if path.is_relative_to(ROOT / folder)
)


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield every absolute import as line and top-level name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.lineno, (node.module or "").split(".")[0]


@pytest.mark.parametrize("path", PYTHON, ids=named)
def test_folders_are_imported_by_their_installed_name(path: Path) -> None:
    # From the root of the repository ``import models`` works too, and yields a second, unequal set of classes.
    banned = set(FOLDERS.values())
    found = [f"{named(path)}:{line}: import zeren.{name}"
             for line, name in imported(ast.parse(path.read_text("utf-8"))) if name in banned]
    assert not found


@pytest.mark.parametrize("path", PYTHON, ids=named)
def test_no_file_is_longer_than_400_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


@pytest.mark.parametrize("name", MODULES)
def test_every_module_imports_and_its_examples_hold(name: str) -> None:
    # Optional engines are imported where they are used, so that this holds without any extra.
    if not name.endswith("__main__"):
        assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_nothing_names_a_machine_or_a_private_host() -> None:
    found = []
    for path in FILES:
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{named(path)}:{number}: {line.strip()[:80]}"
            for number, line in enumerate(text.splitlines(), 1)
            if MACHINE_PATH.search(line) or PRIVATE_HOST.search(line)
        ]
    assert not found


def test_the_lock_names_only_the_public_registry() -> None:
    lock = (ROOT / "uv.lock").read_text("utf-8")
    sources = re.findall(r'(?:url|registry|path|directory) = "([^"]+)"', lock)
    assert sources
    assert {urlsplit(source).hostname for source in sources} <= PUBLIC_REGISTRY
