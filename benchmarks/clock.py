"""Time a step: wall clock, and user CPU of all threads, which a busy machine disturbs less."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock on the wall and seconds of user CPU."""

    wall: float = 0.0
    cpu: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall + other.wall, self.cpu + other.cpu)

    def best(self, other: Cost) -> Cost:
        """The smaller of each."""
        return Cost(min(self.wall, other.wall), min(self.cpu, other.cpu))


class Clock:
    """Runs from its making; :meth:`lap` gives the cost since then or since the last lap.

    As in ``timeit``, nothing is collected meanwhile: what a system pays then depends on what ran before it.
    """

    def __init__(self) -> None:
        gc.enable()
        gc.collect()
        gc.disable()
        self._wall, self._cpu = time.perf_counter(), _cpu()

    def lap(self) -> Cost:
        wall, cpu = time.perf_counter(), _cpu()
        cost = Cost(wall - self._wall, cpu - self._cpu)
        self._wall, self._cpu = wall, cpu
        return cost


def _cpu() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def repeated(run: Callable[[], list[Cost]], times: int, patience: float = 20.0) -> list[Cost]:
    """Run up to ``times`` times, no longer than ``patience`` seconds; the smallest total, and with it its laps.

    The laps of the run with the smallest wall total are returned, each CPU figure being the smallest seen for its lap.
    """
    started, runs = time.perf_counter(), [run()]
    while len(runs) < times and time.perf_counter() - started < patience:
        runs.append(run())
    chosen = min(runs, key=lambda laps: sum(cost.wall for cost in laps))
    least = [min(cost.cpu for cost in laps) for laps in zip(*runs, strict=True)]
    return [Cost(cost.wall, cpu) for cost, cpu in zip(chosen, least, strict=True)]
