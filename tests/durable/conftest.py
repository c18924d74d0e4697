"""durable-rules must be here, unless it cannot be: a suite that passes without running has shown nothing."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import pytest

from zeren.engine.backends.durable import process
from zeren.engine.backends.durable.sizes import Limits
from zeren.engine.language.plan import Plan, plan
from zeren.engine.language.read import read_rule
from zeren.engine.pack import Pack
from zeren.models.problems import Problems
from zeren.models.yaml_text import parse


@pytest.fixture(scope="session", autouse=True)
def durable_rules() -> None:
    """Skip only where the extra cannot be installed."""
    if sys.version_info >= (3, 13):
        pytest.skip("durable-rules 2.0.28 does not import on Python 3.13 and later")
    if find_spec("durable_rules_engine") is None:
        if shutil.which("cc") is None:
            pytest.skip("durable-rules comes as source only, and there is no C compiler")
        pytest.fail("install it: uv sync --extra durable")


@pytest.fixture
def plan_of() -> Callable[[dict[str, Any]], tuple[Pack, Plan]]:
    """Makes a rule from its parts."""

    def made(parts: dict[str, Any]) -> tuple[Pack, Plan]:
        rule = {"id": "T-001", "title": "试", "mechanism": "试", "modality": "义务", "severity": "一般", "basis": [{"custom": "试"}],
                **parts, "message": "试"}  # fmt: skip
        pack, problems = Pack(), Problems()
        read = read_rule(parse(json.dumps(rule, ensure_ascii=False), "试.yaml"), pack, problems)
        found = plan(read, pack, problems) if read is not None else None
        assert found is not None, list(map(str, problems))
        return pack, found

    return made


@pytest.fixture(scope="module")
def one_launcher() -> Iterator[None]:
    """One launcher for many small checks, which saves its start; every batch still has a child of its own."""
    shared = process.Launcher(Limits())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "Launcher", lambda limits: shared)
        yield
    shared.close()
