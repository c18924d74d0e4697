"""The papers to ask for: those listed decide what they promise, no fewer would, and the first decide the most."""

from __future__ import annotations

from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st

import zeren
from zeren.engine.compare.papers import asking
from zeren.engine.report import Request
from zeren.models.facts import Fact, Facts
from zeren.models.organisation import Organisation
from zeren.reports.document import document

DEMO = (files("zeren.scenarios") / "demo.yaml").read_text(encoding="utf-8")


def requests(needs: dict[str, set[str]]) -> list[Request]:
    kinds = sorted({kind for one in needs.values() for kind in one})
    return [Request("局", "局", kind, "2024-01-01", "2024-06-30", tuple(sorted(id for id, one in needs.items() if kind in one))) for kind in kinds]


def decided(needs: dict[str, set[str]], kinds: set[str]) -> int:
    return sum(one <= kinds for one in needs.values())


NEEDS = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.sets(st.sampled_from("检查培训演练"), min_size=1, max_size=4), max_size=12)


@given(NEEDS)
def test_the_running_total_is_what_the_papers_so_far_decide(needs: dict[str, set[str]]) -> None:
    found = asking(requests(needs), needs)
    so_far: set[str] = set()
    for paper in found.papers:
        so_far.add(paper.request.kind)
        assert paper.total == decided(needs, so_far)
        assert set(paper.decides) <= {id for id, one in needs.items() if one <= so_far}
    assert {id for paper in found.papers for id in paper.decides} == set(needs)
    assert len(found.papers) == len({kind for one in needs.values() for kind in one})
    assert found.undecided == ()


@given(NEEDS.filter(bool))
def test_the_first_bundle_decides_the_most_for_each_paper(needs: dict[str, set[str]]) -> None:
    found = asking(requests(needs), needs)
    assert max(paper.total / at for at, paper in enumerate(found.papers, 1)) >= max(decided(needs, one) / len(one) for one in needs.values())


def test_when_the_papers_come_the_findings_are_decided() -> None:
    org = zeren.parse(DEMO)
    report = zeren.check(org)
    found = asking(report.requests, [one.id for one in report.by("unknown")])
    names = org.facts.schema["ledger"].names
    given_ = [Fact("ledger", tuple({"holder": one.request.holder, "kind": one.request.kind}.get(name) for name in names)) for one in found.papers]
    after = zeren.check(Organisation(org.name, Facts([*org.facts, *given_]), org.labels, org.on, org.since, org.profile, org.warnings))
    still = {one.id for one in after.by("unknown")}
    promised = {id for paper in found.papers for id in paper.decides}
    assert promised
    assert not promised & still
    assert still <= set(found.undecided)


def test_only_the_most_useful_papers() -> None:
    found = asking(document(zeren.check(zeren.parse(DEMO))).requests, ["x"])
    first = found.first(2)
    assert first.papers == found.papers[:2]
    assert first.left == len(found.papers) - 2
    assert found.first(None) is found
    assert found.undecided == ("x",)
