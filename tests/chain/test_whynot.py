"""Why not: every post of the organisation gets a reason, the right one."""

from __future__ import annotations

import pytest
from place import Place, line

import zeren


@pytest.mark.parametrize(("post", "reason"), [
    ("副县长-教育", "分管不含该行业：分管教育"), ("财务副厂长", "分管不含该行业：分管财务"), ("教育局长", "与事故无关联：县教育局监管的是教育"),
    ("邻县县长", "与事故无关联：邻县政府的地域是西山县"), ("邻厂厂长", "与事故无关联：邻厂不在事故各方之列"), ("市长", "层级不及"), ("县长", "无违职事实"),
])
def test_a_post_that_is_not_on_the_chain_has_its_reason(post: str, reason: str) -> None:
    found = line(Place().trace(post=post), post)
    assert not found.on_chain
    assert found.why.startswith(reason)


def test_every_post_of_the_organisation_is_told_of() -> None:
    org = Place().organisation()
    for fact in org.facts.of("post"):
        post = str(fact.values[0])
        found = zeren.trace(org, "SG-01", post=post).line(post)
        assert found is not None
        assert found.why or found.breaches


def test_a_post_on_the_chain_is_told_with_its_paths() -> None:
    found = line(Place().trace(post="站长"), "站长")
    assert found.on_chain
    assert {path.rule for path in found.paths} == {"ZRL-113"}


def test_unknown_posts_and_incidents_are_named_with_the_nearest() -> None:
    org = Place().organisation()
    with pytest.raises(zeren.UsageError, match="站长"):
        zeren.trace(org, "SG-01", post="站長")
    with pytest.raises(zeren.UsageError, match="SG-01"):
        zeren.trace(org, "SG-1")


def test_asking_for_a_post_changes_nothing_else() -> None:
    org = Place().organisation()
    plain, asked = zeren.trace(org, "SG-01"), zeren.trace(org, "SG-01", post="邻厂厂长")
    assert plain.lines == asked.lines
    assert set(asked.excluded) - set(plain.excluded) == {line(asked, "邻厂厂长")}
