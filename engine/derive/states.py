"""States of a process: for each subject and kind of record, the result that held from one record to the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from zeren.models.facts import Fact, Facts


def states(facts: Facts) -> Iterator[Fact]:
    """Yield ``state(ref, kind, result, record, since, until)``; a later record of the kind ends the state before it.

    A record bears on what its ``ref`` names (a hazard, an incident) and on its ``object`` (an enterprise that was stopped).
    """
    runs: defaultdict[tuple[str, str], list[tuple[int, str, str | None]]] = defaultdict(list)
    for row in facts.records("record"):
        result = row["result"] if isinstance(row["result"], str) else None
        for subject in {row["ref"], row["object"]}:
            if isinstance(subject, str) and isinstance(row["at"], int):
                runs[subject, str(row["kind"])].append((row["at"], str(row["id"]), result))
    for (ref, kind), run in sorted(runs.items()):
        run.sort(key=lambda entry: entry[:2])
        for (at, record, result), following in zip(run, [*run[1:], None], strict=True):
            yield Fact("state", (ref, kind, result, record, at, following[0] if following else None))
