"""Run commands in this process, over a tiny city and rules of its own (so that shipped rules may grow)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from zeren.cli.main import main

HERE = Path(__file__).parent
CITY, RULES, BROKEN = HERE / "city.yaml", HERE / "rules", HERE / "broken.yaml"


class Result(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: object) -> Result:
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return call


@pytest.fixture
def check(run: Run) -> Run:
    """``zeren check`` of the tiny city by the rules TST."""

    def call(*words: object) -> Result:
        only = () if "--only" in words else ("--only", "TST")
        return run("check", CITY, "--rules", RULES, *words, *only)

    return call
