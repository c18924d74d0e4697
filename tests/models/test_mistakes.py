"""Mistakes of people who live in Excel: what they hand in by mistake is named, and what was not read is said."""

from pathlib import Path

import pytest

from zeren.models.moments import parse_moment
from zeren.models.organisation import Organisation, build, load
from zeren.models.problems import InputError
from zeren.models.synonyms import meant
from zeren.models.vocabulary import VOCABULARIES
from zeren.models.yaml_text import parse

TEXT = "units: [{id: 甲, kind: 政府, posts: [{id: 县长, role: 主要负责人, holder: P1}, %s]}]"


def _built(text: str) -> Organisation:
    return build(parse(text, "试.yaml"))


@pytest.mark.parametrize(("name", "what"), [("台账.xlsx", "Excel 表格"), ("台账.csv", "CSV 表格"), ("说明.DOCX", "Word 文档")])
def test_an_office_file_is_called_what_it_is(tmp_path: Path, name: str, what: str) -> None:
    (tmp_path / name).write_text("单位,日期", "utf-8")
    with pytest.raises(InputError, match=what) as caught:
        load([tmp_path / name])
    assert (caught.value.problems[0].place.line, caught.value.problems[0].place.column) == (1, 1)


def test_papers_in_a_folder_that_were_not_read_are_named(tmp_path: Path) -> None:
    for name in ("台账.xlsx", "~$台账.xlsx", "图.png", "组织.yaml"):
        (tmp_path / name).write_text(TEXT % "", "utf-8")
    warnings = load([tmp_path]).warnings
    assert [(one.code, "：台账.xlsx" in one.message, "1 个文件" in one.message) for one in warnings] == [("ORG-020", True, True)]


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ("{id: 代县长, role: 主要负责人, holder: P2}", ["ORG-014"]),
        ("{id: 副县长, role: 班子成员, holder: P2}", []),
        ("{id: 代县长, role: 主要负责人}", []),
    ],
)
def test_two_heads_of_one_government_are_remarked_upon(second: str, told: list[str]) -> None:
    assert [one.code for one in _built(TEXT % second).warnings] == told


def test_heads_that_follow_each_other_are_in_order() -> None:
    posts = ("{id: 甲一, role: 主要负责人, holders: [{person: P1, until: 2024-03-01}]}, "
             "{id: 甲二, role: 主要负责人, holders: [{person: P2, since: 2024-03-01}]}")
    assert _built(f"units: [{{id: 甲, kind: 政府, posts: [{posts}]}}]").warnings == ()


def test_one_wrong_value_is_told_once() -> None:
    with pytest.raises(InputError) as caught:
        _built("units: [{id: 甲, kind: 企业, ledgers: [{kind: [隐患, 整改, 验收], since: 2024-01-01, until: 2023-01-01}]}]")
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(("text", "told"), [("2024-02-30", "2024年2月只有29天"), ("2024-13-01", "不存在"), ("2024-04-31 09:00", "只有30天")])
def test_a_day_that_does_not_exist_is_explained_in_chinese(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse_moment(text)


def test_words_that_are_right_are_never_taken_for_others() -> None:
    for words in VOCABULARIES.values():
        for word in words:
            assert meant(word, [word]) == ""
