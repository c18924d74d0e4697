"""Which word a mistake is held to mean: a table, and the order that breaks ties."""

from __future__ import annotations

import pytest

from zeren.models.problems import nearest
from zeren.models.registry import RECORD_KINDS, ledger_kinds
from zeren.models.vocabulary import VOCABULARIES


@pytest.mark.parametrize(("word", "known", "found"), [
    ("检察", RECORD_KINDS, "检查"), ("检察", ledger_kinds(), "检查"), ("会义", RECORD_KINDS, "会议"), ("演炼", RECORD_KINDS, "演练"),
    ("主要负则人", VOCABULARIES["role"], "主要负责人"), ("企叶", VOCABULARIES["unit_kind"], "企业"), ("镇级", VOCABULARIES["level"], "乡级"),
    ("检察", ["检讨", "检查"], "检讨"), ("检察", ["检查", "检讨"], "检查"),  # in the order of the list
    ("检察", {"检查", "检讨"}, "检查"), ("检察", frozenset({"检讨", "检查"}), "检查"),  # sets have none
    ("甲丙", ["乙丙", "甲丁"], "甲丁"),  # the first character counts more than the last
    ("甲乙", ["甲丙丁", "甲乙丙丁戊己"], "甲乙丙丁戊己"),  # of equally near ones that which holds the word
    ("安全生产委员会办公室", ["安委办", "安全生产"], "安全生产"), ("安", ["公安局", "安委办"], "安委办"), ("安", ["公安局长", "安委会主任"], "公安局长"),  # nothing is near, but it is held
    ("xyz", ["甲", "乙"], ""), ("", ["甲"], ""), ("甲", [], ""),
])
def test_the_nearest_word(word: str, known: object, found: str) -> None:
    assert nearest(word, known) == (f"最接近的是“{found}”" if found else "")  # type: ignore[arg-type]
