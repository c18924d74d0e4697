"""Codes keep what matters: equal stays equal, different stays different, order stays, also inside durable-rules itself."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zeren.engine.backends.durable.candidates import Column, Work, partitions, work
from zeren.engine.backends.durable.codes import MOST, Codes, fnv, identities
from zeren.engine.backends.durable.joins import ROWS, Join, Pattern
from zeren.engine.backends.durable.process import Launcher
from zeren.engine.backends.durable.rulesets import pack
from zeren.engine.backends.durable.sizes import Limits

NUMBERS = st.decimals(min_value=-(10**13) + 1, max_value=10**13 - 1, places=4, allow_nan=False)
MOMENTS = st.integers(-(2**40), 2**40)
_SETTINGS = settings(max_examples=200, deadline=None, derandomize=True, database=None)


@_SETTINGS
@given(st.one_of(st.tuples(NUMBERS, NUMBERS), st.tuples(MOMENTS, MOMENTS), st.tuples(st.booleans(), st.booleans())))
def test_order_and_equality_of_numbers(pair: tuple[Decimal, Decimal]) -> None:
    codes, (a, b) = Codes(), pair
    left, right = codes.code(a), codes.code(b)
    assert left is not None
    assert right is not None
    assert (a < b, a == b) == (left < right, left == right)


@_SETTINGS
@given(st.lists(st.text()))
def test_equality_of_texts(texts: list[str]) -> None:
    codes = Codes()
    found = [codes.code(text) for text in texts]
    assert len(set(found)) == len(set(texts))
    assert found == [codes.code(text) for text in texts]


@_SETTINGS
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30), st.decimals(min_value=-1, max_value=1, places=9))
def test_what_codes_cannot_tell_apart_they_do_not_turn_round(a: Decimal, difference: Decimal) -> None:
    """Numbers that only a computation can give: too large, or with too many places."""
    b = a + difference
    left, right = Codes().code(a), Codes().code(b)
    assert left is not None
    assert right is not None
    assert -MOST <= left <= MOST
    assert left <= right if a <= b else right <= left


def test_missing_has_no_code() -> None:
    assert Codes().code(None) is None


def test_hash_is_the_one_of_durable_rules() -> None:
    assert fnv("costarring") == fnv("liquid")
    assert fnv("") == 0x811C9DC5


def test_a_number_whose_hash_is_taken_is_left_out() -> None:
    assert identities(4) == [1, 2, 3, 4]
    assert identities(4, {fnv("2"): 999}) == [1, 3, 4, 5]


def _lists(rows: list[tuple[int, int]]) -> list[list[int | None]]:
    return [[a for a, _ in rows], [b for _, b in rows]]


def _work(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> Work:
    """Facts of ``x`` and ``y`` that are equal in the first column, the second of ``y`` not smaller."""
    join = Join((Pattern(ROWS), Pattern("x", stated={0, 1}), Pattern("y", stated={0, 1}, links=[(0, "eq", 1, 0), (1, "gte", 1, 1)])), ())
    tables = {1: _lists(left), 2: _lists(right)}

    def columns(at: int, number: int) -> Column:
        return tables[at][number]

    return work(join, columns, lambda at: 1 if at == 0 else len(tables[at][0]))


def _expected(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> set[tuple[int, int]]:
    return {(i, j) for i, (a, x) in enumerate(left) for j, (b, y) in enumerate(right) if a == b and y >= x}


ROWS_OF_NUMBERS = st.lists(st.tuples(st.integers(-3, 3), st.sampled_from([-MOST, -1, 0, 1, MOST])), min_size=1, max_size=8)


@settings(_SETTINGS, max_examples=60)
@given(ROWS_OF_NUMBERS, ROWS_OF_NUMBERS)
def test_durable_rules_compares_codes_as_we_do(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    one = _work(left, right)
    assert _run([one]) == _expected(left, right)


def _run(works: list[Work]) -> set[tuple[int, int]]:
    rulesets = pack([(0, one) for one in works if all(one.candidates)])
    launcher = Launcher(Limits())
    try:
        return {(i, j) for _, (_, i, j) in launcher.run(rulesets) if i is not None and j is not None} if rulesets else set()
    finally:
        launcher.close()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zeren.engine.backends.durable.sizes.PARTITION", 6)


@settings(_SETTINGS, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 2)), min_size=1, max_size=20, unique=True),
       st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 2)), min_size=1, max_size=20, unique=True))
def test_a_cut_loses_no_match(small: None, left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    parts = list(partitions(_work(left, right)))
    assert all(part.size <= 6 for part in parts)
    found = {(i, j) for part in parts for i in part.candidates[1] for j in part.candidates[2] if left[i][0] == right[j][0] and right[j][1] >= left[i][1]}
    assert found == _expected(left, right)
