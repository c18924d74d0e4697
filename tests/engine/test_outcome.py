"""``outcome`` against a second statement of its precedence, over every combination of signs.

The rows below are read from docs/semantics.md §6 and design §2; the first row that fits decides. They are written as
questions about the whole instance, so that they share no structure with the code.
"""

from collections.abc import Callable, Iterator
from itertools import product

import pytest

from zeren.engine.outcome import Demand, Outcome, Signs, Witness, outcome

ERROR, EXCEPTED, FAIL, PASS, PENDING, UNKNOWN = (
    Outcome.ERROR, Outcome.EXCEPTED, Outcome.FAIL, Outcome.PASS, Outcome.PENDING, Outcome.UNKNOWN,
)  # fmt: skip
Question = Callable[[Signs], bool]


def _late(s: Signs) -> bool:
    return any(d.witness is Witness.LATE for d in s.demands)


def _proven_undone(s: Signs) -> bool:
    return s.reached is True and any(d.witness is Witness.NONE and d.closed for d in s.demands)


def _waits(s: Signs) -> bool:
    """Something is not proven yet, and its time has not come."""
    unproven = any(d.witness in (Witness.NONE, Witness.UNDATED) for d in s.demands)
    return s.reached is False and (unproven or s.forbidden is False)


def _unproven(s: Signs) -> bool:
    return any(d.witness in (Witness.NONE, Witness.UNDATED) for d in s.demands) or (
        s.forbidden is False and not s.forbid_closed
    )


def _broken(s: Signs) -> bool:
    return s.forbidden is True or _late(s) or _proven_undone(s)


#: (question, outcome without a live waiver, outcome with one); read from the top.
TABLE: list[tuple[str, Question, Outcome, Outcome]] = [
    ("规则错误先于一切", lambda s: s.error, ERROR, ERROR),
    ("但书先于其余", lambda s: s.exempt, EXCEPTED, EXCEPTED),
    ("触发值未说明", lambda s: not s.certain, UNKNOWN, EXCEPTED),
    ("触犯禁止、迟到或到期未做而台账封闭", _broken, FAIL, EXCEPTED),
    ("未到期", _waits, PENDING, PENDING),
    ("证明不足", _unproven, UNKNOWN, EXCEPTED),
    ("其余", lambda s: True, PASS, PASS),
]
DEMANDS = [Demand(witness, closed) for witness in Witness for closed in (False, True)]


def _all_signs() -> Iterator[Signs]:
    lists = [(), *((one,) for one in DEMANDS), *product(DEMANDS, repeat=2)]
    for certain, exempt, waived, error, closed in product((False, True), repeat=5):
        for reached, forbidden, demands in product((True, False, None), (None, False, True), lists):
            yield Signs(certain, exempt, waived, reached, demands, forbidden, closed, error)


def test_every_combination_of_signs() -> None:
    counted = dict.fromkeys(Outcome, 0)
    for signs in _all_signs():
        name, _, plain, waived = next(row for row in TABLE if row[1](signs))
        assert outcome(signs) is (waived if signs.waived else plain), f"{name}: {signs}"
        counted[outcome(signs)] += 1
    assert sum(counted.values()) == 32 * 9 * 73
    assert all(counted[one] for one in Outcome if one is not Outcome.NOT_APPLICABLE)


def test_every_row_of_the_table_decides_something() -> None:
    decided = {next(at for at, row in enumerate(TABLE) if row[1](signs)) for signs in _all_signs()}
    assert decided == set(range(len(TABLE)))


@pytest.mark.parametrize("signs", [
    Signs(demands=(Demand(Witness.NONE, True), Demand(Witness.IN_TIME, False))),
    Signs(reached=False, demands=(Demand(Witness.LATE, False), Demand(Witness.NONE, False))),
])  # fmt: skip
def test_the_worst_part_counts(signs: Signs) -> None:
    assert outcome(signs) is FAIL


def test_closing_a_ledger_never_turns_pass_into_fail() -> None:
    for signs in _all_signs():
        closed = Signs(signs.certain, signs.exempt, signs.waived, signs.reached,
                       tuple(Demand(d.witness, True) for d in signs.demands), signs.forbidden, True, signs.error)
        if outcome(signs) is PASS:
            assert outcome(closed) is PASS
        if outcome(closed) is UNKNOWN:
            assert outcome(signs) is UNKNOWN


def test_labels_are_chinese_and_different() -> None:
    assert len({one.label for one in Outcome}) == len(Outcome)
    assert Outcome("fail").label == "不符合"
