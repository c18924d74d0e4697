"""The chain as JSON: versioned, keys sorted, the same bytes for the same input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from zeren.engine.chain.model import Chain
from zeren.reports.chain_document import chain_document
from zeren.reports.json_report import dump


def render(chain: Chain, labels: Mapping[str, str], ascii_only: bool = False) -> str:
    """Return the chain as JSON text; ``labels`` say how ids are shown, ``ascii_only`` escapes Chinese."""
    return dump(asdict(chain_document(chain, labels)), ascii_only)
