"""Files that are no organisation at all: each gives a message, never a traceback."""

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zeren.models.organisation import build, load
from zeren.models.problems import InputError
from zeren.models.yaml_text import parse, read

GOOD = Path(__file__).with_name("good") / "临江.yaml"


def _codes(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load([path])
    assert caught.value.problems
    assert all(problem.hint and str(path) in str(problem.place) for problem in caught.value.problems)
    return [problem.code for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "YAML-005"),
        (b"\xef\xbb\xbf \n", "YAML-005"),
        ("# 只有注释\n".encode(), "YAML-005"),
        ("units:\n- {id: 甲, kind: 政府}\n".encode("gb18030"), "YAML-004"),
        ("units: []\n".encode("utf-16"), "YAML-004"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\xff\xfe\x9c", "YAML-003"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "YAML-003"),
        (b"name: \x00", "YAML-006"),
        (b'name: "\\0"', "YAML-006"),
        (b"[" * 200_000, "YAML-013"),
        (b"{a: " * 200_000, "YAML-013"),
        (b"- " * 5_000, "YAML-013"),
        (b"? [a]\n: b\n", "YAML-012"),
        (b"'': b\n", "YAML-012"),
        (b"just text", "ORG-003"),
        (b"[1, 2]", "ORG-003"),
        (b"units: {id: a}", "ORG-003"),
        (b"records: [a]", "ORG-003"),
        (b"facts: a", "ORG-003"),
    ],
)
def test_no_organisation(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "坏.yaml"
    path.write_bytes(data)
    assert _codes(path) == [code]


def test_missing_folder_unreadable_and_huge(tmp_path: Path) -> None:
    assert _codes(tmp_path / "没有.yaml") == ["YAML-001"]
    assert _codes(tmp_path) == ["ORG-020"]
    with pytest.raises(InputError, match="文件夹"):
        read(tmp_path)
    huge = tmp_path / "大.yaml"
    with huge.open("wb") as stream:
        os.truncate(stream.fileno(), 200 * 2**20)
    assert _codes(huge) == ["YAML-002"]
    with pytest.raises(InputError):
        load([])
    with pytest.raises(InputError):
        load(["a\0b"])


def test_one_unreadable_file_does_not_hide_or_multiply_problems(tmp_path: Path) -> None:
    (tmp_path / "机构.yaml").write_text("units: [\n", "utf-8")
    (tmp_path / "记录.yaml").write_text("hazard: []\nstats: [{holder: 甲, metric: 死亡人数, at: 2024-01-01, value: 1}]\n", "utf-8")
    with pytest.raises(InputError) as caught:
        load([tmp_path])
    assert [problem.code for problem in caught.value.problems] == ["YAML-010", "ORG-001"]


def test_only_true_false_null_are_not_text() -> None:
    text = "{a: no, b: on, c: 0371, d: 12:30:45, e: 9111E05, f: ~, g: true, h: 'true', i: 2024-01-01, j: , k: False}"
    assert parse(text, "x.yaml").plain() == {
        "a": "no", "b": "on", "c": "0371", "d": "12:30:45", "e": "9111E05", "f": None, "g": True, "h": "true",
        "i": "2024-01-01", "j": None, "k": "False",
    }  # fmt: skip


def test_bom_json_and_rare_characters() -> None:
    assert parse("\ufeff" + '{"a": "\\ud842\\udfb7", "b": [1.50, null]}', "x.json").plain() == {"a": "𠮷", "b": ["1.50", None]}


def test_places_are_counted_in_characters() -> None:
    node = parse("名称: 甲\n单位: [一, 二]\n", "组织.yaml")
    assert str(node.fields["单位"].items[1].place) == "组织.yaml:2:9"
    assert str(node.keys["单位"]) == "组织.yaml:2:1"


def _survives(text: str) -> None:
    with suppress(InputError):
        build(parse(text, "fuzz.yaml"))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_facts_or_problems(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    path.write_bytes(data)
    with suppress(InputError):
        load([path])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_damage_to_a_good_file_gives_facts_or_problems(data: st.DataObject) -> None:
    text = GOOD.read_text("utf-8")
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        piece = data.draw(
            st.sampled_from(
                ["", "无", "true", "null", "[]", "{}", "[a, b]", "{a: b}", "：", "\t", "- ", "&a ", "'", "-1", "1e9", "2024-02-30",
                 "\x00", "\ud800", "9999-12-31", "0000-01-01", "|\n", "? ", "！"]
            )
            | st.text(max_size=5)
        )  # fmt: skip
        text = text[:start] + piece + text[end:]
    _survives(text)


_WORDS = st.sampled_from(["甲", "乙", "无", "政府", "市级", "领导", "2024-01-01", "1", "", "检查", "行业", "9999-12-31"])
_LEAF = _WORDS.map(lambda word: f'"{word}"') | st.sampled_from(["null", "true", "1", "-1"])


@st.composite
def _entry(draw: st.DrawFn, shape: str, depth: int = 0) -> str:
    """Write an entry with the keys of a shape and arbitrary values."""
    from zeren.models.shapes import SHAPES, Form

    known = SHAPES[shape]
    parts = []
    for key in draw(st.lists(st.sampled_from(known.keys), unique=True, max_size=8)):
        extra = known.extras.get(key)
        if extra is not None and extra.shape and extra.form in (Form.ENTRIES, Form.MIXED, Form.WORD) and depth < 3:
            inside = draw(_entry(extra.shape, depth + 1))
            parts.append(f'"{key}": {draw(st.sampled_from(["[{}]", "{}"])).format(inside)}')
        else:
            leaf = draw(_LEAF)
            parts.append(f'"{key}": {draw(st.sampled_from(["[{}]", "{}", "{{行业: {}}}", "[[{}]]", "[{{行业: {}}}]"])).format(leaf)}')
    return "{" + ", ".join(parts) + "}"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_values_under_known_keys_give_facts_or_problems(data: st.DataObject) -> None:
    from zeren.models.shapes import RAW, SECTIONS

    section = data.draw(st.sampled_from(sorted(SECTIONS)))
    text = f"{section}: [{data.draw(_entry(SECTIONS[section].shape))}, {data.draw(_entry(SECTIONS[section].shape))}]\n"
    relation = data.draw(st.sampled_from(sorted(RAW)))
    cells = data.draw(st.dictionaries(st.sampled_from(RAW[relation].keys), _LEAF, max_size=6))
    text += f"facts: {{{relation}: [{{{', '.join(f'{key}: {value}' for key, value in cells.items())}}}]}}\n"
    _survives(text)
