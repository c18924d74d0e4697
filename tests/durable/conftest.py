"""durable-rules must be here, unless it cannot be: a suite that passes without running has shown nothing."""

import shutil
import sys
from importlib.util import find_spec

import pytest


@pytest.fixture(scope="session", autouse=True)
def durable_rules() -> None:
    """Skip only where the extra cannot be installed."""
    if sys.version_info >= (3, 13):
        pytest.skip("durable-rules 2.0.28 does not import on Python 3.13 and later")
    if find_spec("durable_rules_engine") is None:
        if shutil.which("cc") is None:
            pytest.skip("durable-rules comes as source only, and there is no C compiler")
        pytest.fail("install it: uv sync --extra durable")
