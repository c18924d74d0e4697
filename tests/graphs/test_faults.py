"""Graph work on random organisations against definitions that need no graph."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from zeren.graphs.faults import Fault, _Answering, faults, supervised
from zeren.graphs.network import Network
from zeren.graphs.walks import ancestors, built, outgoing
from zeren.models.facts import Fact, Facts

COMMAND = ("领导", "内设", "派驻", "委托")
OFFICES = ["g0", "g1", "d0", "d1", "d2"]
FIRMS = ["e0", "e1", "e2"]
PLACES = [("甲市", "市级", None), ("乙县", "县级", "甲市"), ("飞地", "县级", None)]
INDUSTRIES = [("工贸", None), ("机械", "工贸"), ("学校", None)]


def _row(relation: str, **values: object) -> Fact:
    from zeren.models.relations import RELATIONS

    return Fact(relation, tuple(values.get(name) for name in RELATIONS[relation].names))  # type: ignore[arg-type]


@st.composite
def organisations(draw: st.DrawFn) -> Facts:
    some = lambda words: draw(st.sampled_from(words))  # noqa: E731
    places = [place for place, *_ in PLACES]
    rows = [_row("territory", id=id, level=level, parent=parent) for id, level, parent in PLACES]
    rows += [_row("industry", id=id, parent=parent) for id, parent in INDUSTRIES]
    for unit in OFFICES + FIRMS:
        kind = some(["政府", "园区"]) if unit[0] == "g" else "部门" if unit[0] == "d" else some(["企业", "项目"])
        rows.append(_row("unit", id=unit, kind=kind, territory=some([*places, "乙县", "乙县", None]), partial=some([None] * 7 + [True])))
        for number in range(some([0, 1, 1, 1, 2])):
            post = f"{unit}-{number}"
            rows.append(_row("post", id=post, unit=unit, role=some(["主要负责人", "主要负责人", "班子成员"])))
            if person := some(["P1", "P1", "P2", None]):
                rows.append(_row("appointment", post=post, person=person))
            if some([True, False, False]):
                rows.append(_row("portfolio", post=post, kind="行业", subject=some(["工贸", "学校", "安全生产"])))
    for unit, superior in draw(st.sets(st.tuples(st.sampled_from(OFFICES + FIRMS), st.sampled_from(OFFICES + FIRMS)), max_size=9)):
        if unit != superior:
            rows.append(_row("subordination", unit=unit, superior=superior, kind=some([*COMMAND, "业务指导", "出资"])))
    for unit in draw(st.lists(st.sampled_from(OFFICES), max_size=6)):
        rows.append(_row("mandate", unit=unit, kind=some(["行业主管", "专项监管", "综合监管"]), industry=some(["工贸", "机械", None]), territory=some(places)))
    rows += [_row("operates", unit=firm, industry=some(["工贸", "机械", "学校"])) for firm in FIRMS]
    return Facts(rows)


def _of(network: Network, kind: str, sided: bool = False) -> list[Fault]:
    return [one for one in faults(network) if one.kind == kind and one.sided == sided]


def _superiors(network: Network, kinds: tuple[str, ...]) -> set[tuple[str, str]]:
    return {(str(row["unit"]), str(row["superior"])) for row in network.facts.records("subordination") if row["kind"] in kinds}


def _closure(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    found = set(pairs)
    for middle, first, last in product(OFFICES + FIRMS, repeat=3):
        if (first, middle) in found and (middle, last) in found:
            found.add((first, last))
    return found


@given(organisations())
@settings(max_examples=60, deadline=None)
def test_a_unit_is_in_a_knot_if_it_stands_above_itself(facts: Facts) -> None:
    network = Network(facts, 0)
    edges = _superiors(network, (*COMMAND, "业务指导"))
    above = _closure(edges)
    knotted = {one for one, other in above if one == other}
    found = _of(network, "循环上报")
    for fault in found:
        steps = list(zip(fault.subjects, (*fault.subjects[1:], fault.subjects[0]), strict=True))
        assert set(steps) <= edges
        assert len(set(fault.subjects)) == len(fault.subjects)
    shown = [frozenset(one for one in knotted if {(one, fault.subjects[0]), (fault.subjects[0], one)} <= above) for fault in found]
    assert len(set(shown)) == len(shown)
    assert set().union(*shown) == knotted


@given(organisations())
@settings(max_examples=60, deadline=None)
def test_a_firm_is_watched_if_some_organ_can_be_reached_from_it(facts: Facts) -> None:
    network = Network(facts, 0)
    units = {str(row["id"]): row for row in facts.records("unit")}
    wider = dict(INDUSTRIES)
    above = _superiors(network, COMMAND)
    parents = {id: parent for id, _, parent in PLACES}

    def place(own: str) -> str | None:
        return network.units[own].place

    def chain(name: str | None, up: dict[str, str | None]) -> set[str]:
        return set() if name is None else {name} | chain(up[name], up)

    def watchers(own: str) -> set[str]:
        spots = chain(place(own), parents)
        trades = {one for row in facts.records("operates") if row["unit"] == own for one in chain(str(row["industry"]), wider)}
        found = {str(row["unit"]) for row in facts.records("mandate") if row["territory"] in spots and (row["industry"] is None or row["industry"] in trades)}
        return found | {one for one in units if one[0] == "g" and place(one) in spots}

    reached = set(OFFICES)
    for _ in units:
        reached |= {own for own in FIRMS if watchers(own) & set(OFFICES) or any((own, up) in above for up in reached)}
    expected = {own for own in supervised(network) if own not in reached}
    assert {fault.subjects[0] for fault in _of(network, "无人监管")} == expected


@given(organisations())
@settings(max_examples=200, deadline=None)
def test_a_single_point_is_one_whose_absence_leaves_nobody(facts: Facts) -> None:
    network = Network(facts, 0)
    answering = _Answering(network)
    expected = set()
    for own in supervised(network):
        keepers = answering.lines(own)
        everybody = set(answering.specialists(own, keepers)).union(*(answering.persons(keeper) for keeper in keepers))
        for person in everybody:
            if len(keepers) > 1 and everybody <= {person}:
                expected.add((person, own))
    assert {(fault.detail, own) for fault in _of(network, "单点失效") for own in fault.subjects} == expected


@given(organisations())
@settings(max_examples=40, deadline=None)
def test_a_graph_around_a_focus_is_part_of_the_whole(facts: Facts) -> None:
    network = Network(facts, 0)
    whole = {(source, target, key) for source, target, key in built(network).edges(keys=True)}
    for own in network.units:
        up = {(edge.source, edge.target, (edge.kind, edge.note)) for edge in ancestors(network, ("unit", own))}
        down = {(edge.source, edge.target, (edge.kind, edge.note)) for edge in outgoing(network, ("unit", own))}
        assert up <= whole
        assert down == {one for one in whole if one[0] == ("unit", own)}
        assert {one for one in whole if one[1] == ("unit", own)} <= up
