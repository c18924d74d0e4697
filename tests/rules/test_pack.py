"""Tables, parameters and profiles load, say where they come from, and name only what exists."""

from itertools import pairwise

import pytest

from zeren.engine.bases import Bases
from zeren.engine.pack import Pack
from zeren.engine.tables import CONFIDENCES
from zeren.models.moments import parse_moment
from zeren.models.problems import Problems, UsageError

PACK = Pack()
SOURCES = Bases(PACK.folders).entries
#: Law of the field begins with the early People's Republic; later than this is a slip of the pen.
FIRST, LAST = parse_moment("1949-10-01"), parse_moment("2040-01-01")


def _known(bases: object) -> list[str]:
    return [ref for kind, ref in bases if kind != "custom" and ref not in SOURCES]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", PACK.table_files)
def test_table(name: str) -> None:
    table = PACK.table(name)
    assert table.name == name
    assert table.label
    assert table.doc
    assert table.facts
    assert len(table.facts) == len(table.rows)
    names = table.relation.names
    for fact, row in zip(table.facts, table.rows, strict=True):
        where = str(fact.place)
        assert row.confidence in CONFIDENCES, where
        assert row.basis, where
        assert not _known(row.basis), where
        span = [fact.values[names.index(end)] for end in ("since", "until") if end in names]
        dates = [value for value in span if isinstance(value, int)]
        assert dates == sorted(set(dates)), where
        assert all(FIRST <= date <= LAST for date in dates), where
        for low, high in (("min", "max"), ("fine_min", "fine_max"), ("pct_min", "pct_max")):
            if low in names and high in names:
                a, b = fact.values[names.index(low)], fact.values[names.index(high)]
                assert a is None or b is None or a <= b, where  # type: ignore[operator]


@pytest.mark.parametrize("name", PACK.table_files)
def test_the_key_of_a_table_determines_its_rows(name: str) -> None:
    relation = PACK.table(name).relation
    if not relation.key:
        return
    at = [relation.names.index(column) for column in relation.key]
    spans: dict[object, list[tuple[int, int]]] = {}
    for fact in PACK.table(name).facts:
        ends = [fact.values[relation.names.index(end)] if relation.temporal else None for end in ("since", "until")]
        span = (ends[0] if isinstance(ends[0], int) else FIRST, ends[1] if isinstance(ends[1], int) else LAST)
        spans.setdefault(tuple(fact.values[column] for column in at), []).append(span)
    for key, found in spans.items():
        found.sort()
        assert all(one[1] <= following[0] for one, following in pairwise(found)), key


@pytest.mark.parametrize("name", PACK.parameters)
def test_parameter(name: str) -> None:
    one = PACK.parameters[name]
    assert one.label
    assert one.doc
    assert one.facts
    assert one.confidence in CONFIDENCES
    assert one.basis
    assert not _known(one.basis)


@pytest.mark.parametrize("id", PACK.rule_files)
def test_every_basis_of_a_rule_exists(id: str) -> None:
    rule = PACK.read(PACK.rule_files[id], Problems())
    assert rule is not None
    every = [*rule.basis, *(one for unless in rule.unless for one in unless.basis)]
    assert not [one.ref for one in every if one.kind != "custom" and one.ref not in SOURCES]


@pytest.mark.parametrize("profile", PACK.profiles)
def test_every_rule_loads_under_every_profile(profile: str) -> None:
    pack = Pack(profile=profile)
    assert len(pack.plans()) == len(pack.rule_files)
    assert pack.measures is not None
    assert pack.parameters["coverage_profile"].facts[0].values[0] in {row["profile"] for row in _records(pack, "覆盖档案")}


def _records(pack: Pack, name: str) -> list[dict[str, object]]:
    table = pack.table(name)
    return [dict(zip(table.relation.names, fact.values, strict=True)) for fact in table.facts]


def test_items_are_cells_of_some_coverage_profile() -> None:
    known = {row["item"] for row in _records(PACK, "覆盖档案")}
    items = {plan.rule.item for plan in PACK.plans() if plan.rule.item is not None}
    assert items
    assert items <= known


def test_an_unknown_profile_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="五个全覆盖"):
        _ = Pack(profile="五个全覆").parameters
