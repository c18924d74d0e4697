"""The three rules as the users of each system would write them.

Every module has ``prepare(work, folder)``, which writes its input files once and is not timed, and ``run(folder)``, which
returns the cost of loading (data and rules), the cost of checking, and the findings of the three rules.
"""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.clock import Cost


class Findings(NamedTuple):
    """What the three rules found: posts, (post, subject), posts."""

    no_safety: frozenset[str]
    no_record: frozenset[tuple[str, str]]
    no_line: frozenset[str]


class Result(NamedTuple):
    """What a run cost and found; ``whole`` where everything, passes too, was also brought into Python with its evidence."""

    load: Cost
    check: Cost
    found: Findings
    whole: Cost | None = None
