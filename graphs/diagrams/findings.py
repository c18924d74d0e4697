"""The findings of a check and of the structure as marks on units and posts."""

from __future__ import annotations

from collections import Counter, defaultdict

from zeren.engine.outcome import Outcome
from zeren.graphs.diagrams.units import Marks
from zeren.graphs.draw import Subject
from zeren.graphs.network import Network


def marks_of(subject: Subject, network: Network) -> Marks:
    """What is to be marked, where ``subject.findings`` asks for it; else nothing."""
    if not subject.findings:
        return Marks()
    from zeren.graphs.structure import structure

    counts: dict[Outcome, Counter[str]] = {Outcome.FAIL: Counter(), Outcome.UNKNOWN: Counter()}
    for finding in subject.report:
        if finding.outcome in counts and not finding.warning:
            counts[finding.outcome].update({finding.bearer, network.offices.get(finding.bearer, finding.bearer)})
    faults = [one for one in structure(subject.org, subject.pack, subject.on).findings if one.outcome is Outcome.FAIL]
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for at, fault in enumerate(faults):
        for own in dict.fromkeys(fault.subjects):
            numbers[own].append(at)
    return Marks(counts[Outcome.FAIL], counts[Outcome.UNKNOWN], {own: tuple(found) for own, found in numbers.items()},
                 tuple(f"{one.kind}：{one.message}" for one in faults))
