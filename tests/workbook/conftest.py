"""Reads workbooks of tests and says what was said of them; makes the helpers of this folder importable."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from zeren.models.organisation import Organisation, load
from zeren.models.problems import InputError, Problem

sys.path.insert(0, str(Path(__file__).parent))  # for books


class Given:
    """Reads workbooks from bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, data: bytes, name: str = "书.xlsx") -> Organisation:
        """The organisation of a file with these bytes."""
        (self.folder / name).write_bytes(data)
        return load([self.folder / name])

    def errors(self, data: bytes, name: str = "书.xlsx") -> list[str]:
        """What is said of a file that cannot be used; every problem says how to mend it."""
        with pytest.raises(InputError) as caught:
            self.load(data, name)
        assert all(one.hint and one.severity == "错误" for one in caught.value.problems)
        return _told(caught.value.problems, self.folder)

    def remarks(self, data: bytes, name: str = "书.xlsx") -> list[str]:
        """The remarks on a file that loads."""
        return _told(self.load(data, name).warnings, self.folder)


def _told(problems: Sequence[Problem], folder: Path) -> list[str]:
    """Problems as one line each, without the folder they lie in."""
    return [f"{one.place} [{one.code}] {one.message}｜{one.hint}".replace(f"{folder}/", "") for one in problems]


@pytest.fixture
def given(tmp_path: Path) -> Given:
    return Given(tmp_path)
