"""The sizes within which durable-rules was measured to be right, and what one child process may use.

Beyond them its memory grows by 9 kB and its time by the square of the number of facts (docs/durable.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Facts of an organisation that the back end accepts.
ORGANISATION: Final = 50_000
#: Facts in one ruleset, which is one partition of the work.
PARTITION: Final = 5_000
#: Facts in one child process.
CHILD: Final = 40_000
#: Rules in one ruleset.
RULES: Final = 200
#: Patterns of one rule, gate and rows included.
PATTERNS: Final = 14
#: Patterns over one kind of fact in one ruleset: tests that one fact may satisfy at one level.
ALIKE: Final = 60
#: Tests of one pattern against others.
LINKS: Final = 24
#: Facts that are asserted in one call.
BATCH: Final = 2_000
#: Batches that may fail before everything else goes to DuckDB.
FAILURES: Final = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child process may use: seconds by the clock and of CPU, bytes of memory."""

    seconds: int = 30
    memory: int = 1 << 30
