"""The chain is sought outwards by index; on random small organisations it finds what nested loops over all facts find.

CI runs a few organisations; ``ZEREN_EXAMPLES=2000 uv run pytest tests/chain/test_agreement.py`` runs more.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator
from decimal import Decimal
from unittest.mock import patch

import pytest
from county_grid import fact
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zeren.engine.backends.reference import Bindings, Reference
from zeren.engine.chain import nearby
from zeren.engine.chain.candidates import attribution, candidates
from zeren.engine.chain.obligations import Circle, Duty, Obligations, ready
from zeren.engine.chain.seeker import Seeker
from zeren.engine.derive.attributes import attributes
from zeren.engine.derive.closures import CLOSURES
from zeren.engine.derive.grades import TABLES, grades
from zeren.engine.derive.periods import periods
from zeren.engine.derive.posts import answerables
from zeren.engine.derive.states import states
from zeren.engine.derive.surroundings import NAMES, surroundings
from zeren.engine.language.plan import Plan
from zeren.engine.language.syntax import ON, Atom
from zeren.engine.pack import Pack
from zeren.models.facts import Fact, Facts, Value, sort_key
from zeren.models.moments import parse_moment

PACK = Pack()
AT, AUDIT = parse_moment("2024-06-03 14:00"), parse_moment("2024-12-31", "end")
SINCE = parse_moment("2023-06-04")
#: Moments before, at and after the accident, and not stated.
MOMENTS = (None, parse_moment("2022-01-01"), parse_moment("2024-03-01"), AT, parse_moment("2024-09-01"), parse_moment("2025-02-01"))
EXAMPLES = int(os.environ.get("ZEREN_EXAMPLES", "25"))
_SETTINGS = settings(max_examples=EXAMPLES, deadline=None, derandomize="ZEREN_EXAMPLES" not in os.environ, database=None,
                     suppress_health_check=list(HealthCheck))  # fmt: skip
PLACES = (("省", "省级", None), ("市", "市级", "省"), ("县", "县级", "市"), ("区", "功能区", "县"), ("镇", "乡级", "县"), ("村", "村级", "镇"), ("邻县", "县级", "市"))
KINDS = ("政府", "党委", "部门", "部门", "内设机构", "站所", "村居", "企业", "企业", "企业", "中介机构", "园区", "项目", "自然人")
ROLES = ("主要负责人", "主要负责人", "班子成员", "党政副职", "内设机构负责人", "经办人员", "安全管理人员", "村书记", "实际控制人", "承包人", "包片干部")
LINKS = ("发包", "出租", "出资", "委托", "审批", "检查", "验收", "评价", "监理", "包保驻点")
TRADES = ("工贸", "铸造", "危化")


def county(rnd: random.Random) -> Iterator[Fact]:
    """An organisation around an accident in which anything may be missing, ended, or tied to anything."""
    units = [f"u{number}" for number in range(rnd.randint(7, 12))]
    posts = [f"p{number}" for number in range(rnd.randint(18, 28))]

    def some(values: Iterable[str | None], least: int = 0, most: int = 4) -> list[str | None]:
        return rnd.choices(list(values), k=rnd.randint(least, most))

    def span() -> dict[str, Value]:
        return {"since": rnd.choice(MOMENTS[:3]), "until": None} if rnd.random() < 0.7 else {"since": rnd.choice(MOMENTS), "until": rnd.choice(MOMENTS)}

    yield from (fact("territory", id=id, level=level, parent=parent) for id, level, parent in PLACES)
    yield from (fact("industry", id=one, parent="工贸" if one == "铸造" else None) for one in TRADES)
    for unit in units:
        kind = rnd.choice(KINDS)
        yield fact("unit", id=unit, kind=kind, level=rnd.choice((None, "县级", "乡级")), territory=rnd.choice((None, "县", "镇", "村", *(one[0] for one in PLACES))),
                   function=rnd.choice((None, "应急管理")), status=rnd.choice((None, "正常", "注销")), **(span() if rnd.random() < 0.2 else {}))
        yield from (fact("operates", unit=unit, industry=one) for one in some(TRADES, 0, 2))
    for post in posts:
        yield fact("post", id=post, unit=rnd.choice(units), role=rnd.choice(ROLES))
        yield from (fact("appointment", post=post, person=person, **span()) for person in some(("甲", "乙", "丙"), 0, 2))
        for kind, subjects in rnd.sample((("行业", TRADES), ("事项", ("安全生产", "财务")), ("单位", units), ("地域", ("县", "镇", "村"))), rnd.randint(0, 2)):
            yield fact("portfolio", post=post, kind=kind, subject=rnd.choice(subjects), **span())
    for _ in range(rnd.randint(3, 8)):
        superior, unit = sorted(rnd.sample(units, 2))  # the loader sees to it that nobody leads his own leader
        yield fact("subordination", unit=unit, superior=superior, kind=rnd.choice(("领导", "内设", "派驻", "出资")), **span())
    for unit in some(units, 4, 8):
        yield fact("mandate", unit=unit, kind=rnd.choice(("行业主管", "专项监管", "综合监管")), industry=rnd.choice((None, *TRADES, "工贸", "铸造")),
                   territory=rnd.choice((None, "市", "县", "镇", "县", "镇")), **span())
    yield fact("site", id="厂房", territory=rnd.choice((None, "镇")))
    yield from (fact("occupies", site="厂房", subject=unit, as_=rnd.choice(("所有", "使用", "出租")), **span()) for unit in some(units, 0, 2))
    for number in range(rnd.randint(5, 14)):
        yield fact("link", id=f"l{number}", kind=rnd.choice(LINKS), source=rnd.choice(units), target=rnd.choice((*units, "厂房")),
                   actor=rnd.choice((None, rnd.choice(posts))), **span())
    yield from _papers(rnd, units, posts)
    yield from _accident(rnd, units, posts)


def _papers(rnd: random.Random, units: list[str], posts: list[str]) -> Iterator[Fact]:
    for number in range(rnd.randint(3, 10)):
        record = f"r{number}"
        yield fact("record", id=record, kind=rnd.choice(("检查", "审批", "验收", "报告", "通报")), at=rnd.choice(MOMENTS[1:]), actor=rnd.choice((*units, *posts)),
                   object=rnd.choice((*units, *posts)), ref=rnd.choice((None, "SG", "h0")))
        yield from (fact("detail", record=record, key=rnd.choice(("检查人", "签字人")), value=rnd.choice(posts)) for _ in range(rnd.randint(0, 2)))
    for number in range(rnd.randint(0, 3)):
        yield fact("hazard", id=f"h{number}", unit=rnd.choice(units), grade=rnd.choice(("一般", "重大")), found_at=rnd.choice(MOMENTS[1:]),
                   found_by=rnd.choice((None, *posts)), signed_by=rnd.choice((None, *posts)))


def _accident(rnd: random.Random, units: list[str], posts: list[str]) -> Iterator[Fact]:
    deaths = rnd.choice((None, Decimal(1), Decimal(3), Decimal(12)))
    yield fact("incident", id="SG", at=AT, territory=rnd.choice((None, "村", "镇", "村", "区")), site=rnd.choice((None, "厂房")), industry=rnd.choice((None, "铸造")),
               kind=rnd.choice(("生产安全事故", "火灾")), deaths=deaths)
    yield fact("incident", id="别的", at=rnd.choice(MOMENTS[1:]), territory="邻县", industry="危化", kind="生产安全事故")
    for _ in range(rnd.randint(1, 3)):
        yield fact("involved", incident=rnd.choice(("SG", "SG", "别的")), subject=rnd.choice((*units, *posts)), part=rnd.choice(("经营", "承包", "使用", "属地", "监管")))
    yield fact("inquiry", id="Q", incident=rnd.choice(("SG", "别的")), stage="正式", at=rnd.choice(MOMENTS))
    for _ in range(rnd.randint(0, 3)):
        yield fact("finding", inquiry="Q", unit=rnd.choice((*units, *posts)), duty="监管不力", object=rnd.choice((None, "财务")))


def everything(facts: Facts, seen: int) -> Facts:
    """All that patterns can match: what could be seen, and every derived relation in full, as of the accident."""
    known = facts.until(seen)
    more = list(PACK.looked_up([name for name in PACK if name.startswith(("table.", "param."))]))
    for name in NAMES:
        more += surroundings(facts, name, AT)
    for closure in CLOSURES.values():
        more += closure.walk(facts, AT)
    more += [*answerables(facts, AT), *states(known), *attributes(known), *grades(known.plus(PACK.looked_up(TABLES), PACK)), *periods(SINCE, AT)]
    return known.plus(more, PACK)


def _ways(plan: Plan, found: Iterable[tuple[Bindings, object, bool]]) -> set[tuple[object, ...]]:
    """The ways to match about the accident, and whether each is certain."""
    start = {step.variable("id") for query in plan.scope for step in query.steps[:1] if isinstance(step, Atom) and step.relation == "incident"}
    return {(*sorted(bound.items(), key=lambda item: item[0]), sure) for bound, _, sure in found if all(bound.get(name) == "SG" for name in start)}  # type: ignore[arg-type]


@pytest.fixture(params=[0, 16], autouse=True, scope="module")
def few(request: pytest.FixtureRequest) -> Iterator[None]:
    """Small organisations are looked through; with 0 they are narrowed down like large ones."""
    with patch.object(nearby, "_FEW", request.param):
        yield


@_SETTINGS
@given(seed=st.integers(0, 2**48))
def test_attribution_finds_every_way_that_nested_loops_find(seed: int) -> None:
    facts = Facts(county(random.Random(seed)))
    slow, quick = Reference(everything(facts, AUDIT)), Seeker(facts, PACK, AT, AUDIT, SINCE)
    plans, posts = attribution(PACK), set[tuple[str, str]]()
    for plan in plans:
        for query in plan.scope:
            wanted = _ways(plan, slow.solutions(query.steps, {ON: AUDIT}, True))
            assert _ways(plan, quick.matches(query.steps, {ON: AUDIT}, True)) == wanted, plan.rule.id
            posts |= {(str(dict(way[:-1])[plan.rule.bearer]), plan.rule.id) for way in wanted}  # type: ignore[arg-type]
    assert {(link.post, link.plan.rule.id) for link in candidates(quick, plans, "SG", AT, AUDIT)} == posts
    COUNTED.update(posts)


@_SETTINGS
@given(seed=st.integers(0, 2**48))
def test_duties_around_an_accident_are_those_that_nested_loops_find(seed: int) -> None:
    rnd = random.Random(seed)
    facts = Facts(county(rnd))
    slow, quick = Reference(everything(facts, AUDIT)), Seeker(facts, PACK, AT, AUDIT, SINCE)
    ids = {name: frozenset(str(row["id"]) for row in facts.records(name) if rnd.random() < 0.6) for name in ("unit", "post", "territory", "industry", "hazard")}
    circle = Circle({**ids, "incident": frozenset({"SG"}), "site": frozenset({"厂房"})})
    sought = Obligations(quick, quick, circle, (SINCE, AT))
    for duty in rnd.sample(ready(PACK), 40):
        mine = [(row.values, row.certain) for row in sought._rows(duty, quick, AUDIT)]
        assert mine == _instances(duty, slow, sought), duty.plan.rule.id
        DUTIES.update(duty.plan.rule.id for _ in mine)


def _instances(duty: Duty, slow: Reference, sought: Obligations) -> list[tuple[tuple[Value, ...], bool]]:
    found = [(row.values, row.certain) for row in slow.scope(duty.plan.scope, AUDIT).rows
             if sought._concerned(duty.plan, dict(zip(duty.plan.fields, row.values, strict=True)))]
    return sorted(found, key=lambda pair: sort_key(pair[0]))


COUNTED: set[tuple[str, str]] = set()
DUTIES: set[str] = set()


def test_the_random_organisations_reached_most_rules() -> None:
    assert len({rule for _, rule in COUNTED}) > 0.8 * len(attribution(PACK))
    assert len(DUTIES) > 15
