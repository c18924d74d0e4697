"""A good organisation becomes the facts it says, whatever the order and the split into files."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zeren.models.facts import Facts
from zeren.models.moments import parse_moment
from zeren.models.nodes import Node
from zeren.models.organisation import Organisation, build, load
from zeren.models.problems import InputError
from zeren.models.yaml_text import parse, read

GOOD = sorted(Path(__file__).with_name("good").glob("*.yaml"))
FIRST = GOOD[0].with_name("临江.yaml")


def _written(facts: Facts) -> str:
    lines = []
    for fact in facts:
        names = facts.schema[fact.relation].names
        cells = [f"{name}={value}" for name, value in zip(names, fact.values, strict=True) if value is not None]
        lines.append(f"{fact.relation} {' '.join(cells)}  # {fact.place.line}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_facts_are_as_recorded(path: Path) -> None:
    assert _written(load([path]).facts) == path.with_suffix(".facts").read_text("utf-8")


def test_header_labels_and_moments() -> None:
    found = load([FIRST])
    assert (found.name, found.profile) == ("临江市安全生产责任体系", "默认")
    assert found.on == parse_moment("2024-12-31", "end")
    assert found.since == parse_moment("2024-01-01")
    assert found.label("市应急局局长") == "临江市应急管理局局长"
    assert found.label("不认识") == "不认识"
    assert found.warnings == ()


def _shuffled(node: Node, data: st.DataObject) -> Node:
    if isinstance(node.value, dict):
        keys = data.draw(st.permutations(list(node.value)))
        return Node({key: _shuffled(node.value[key], data) for key in keys}, node.place, node.keys)
    if isinstance(node.value, tuple):
        inside = [_shuffled(item, data) for item in node.value]
        if any("岗位" in item.fields or "指标" in item.fields for item in inside):
            return Node(tuple(inside), node.place)  # rows of a document are numbered by position
        return Node(tuple(data.draw(st.permutations(inside))), node.place)
    return node


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_order_does_not_matter(data: st.DataObject) -> None:
    root = read(FIRST)
    assert list(build(_shuffled(root, data)).facts) == list(load([FIRST]).facts)


def test_split_into_files_and_json_do_not_matter(tmp_path: Path) -> None:
    whole = load([FIRST])
    plain = read(FIRST).plain()
    assert isinstance(plain, dict)
    folder = tmp_path / "组织"
    (folder / "内").mkdir(parents=True)
    for number, (key, value) in enumerate(plain.items()):
        inside = folder / "内" if number % 2 else folder
        inside.joinpath(f"{number}.json").write_text(json.dumps({key: value}), "utf-8")
    (folder / ".隐藏.yaml").write_text("坏：", "utf-8")
    split = load([folder, folder / "0.json"])
    assert [(fact.relation, fact.values) for fact in split.facts] == [
        (fact.relation, fact.values) for fact in whole.facts
    ]
    assert (split.name, split.on, split.labels) == (whole.name, whole.on, whole.labels)


def test_two_files_must_not_contradict(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("on: 2024-12-31\n", "utf-8")
    (tmp_path / "b.yaml").write_text("on: 2023-12-31\n", "utf-8")
    with pytest.raises(InputError, match="ORG-020"):
        load([tmp_path])


def _built(text: str) -> Organisation:
    return build(parse(text, "例.yaml"))


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("临江市安监局", "应急管理"), ("东湖县公安消防大队", "消防救援"), ("东湖县公安局", "公安"), ("县质监局", "市场监督管理"),
        ("市国土局", "自然资源"), ("某局", None),
    ],
)  # fmt: skip
def test_function_follows_from_the_name_of_a_department(name: str, function: str | None) -> None:
    facts = _built(f"units: [{{id: {name}, kind: 部门}}, {{id: {name}甲, kind: 企业}}]").facts
    assert [row["function"] for row in facts.records("unit")] == [function, None]


def test_old_names_of_functions_and_doubtful_names() -> None:
    facts = _built("units: [{id: 甲, kind: 部门, function: 安监}, {id: 乙, kind: 部门, function: 质监局}]").facts
    assert {row["id"]: row["function"] for row in facts.records("unit")} == {"甲": "应急管理", "乙": "市场监督管理"}
    assert [problem.code for problem in _built("units: [{id: 市规划局, kind: 部门}]").warnings] == ["ORG-021"]


def test_equal_records_without_id_are_counted_once_with_a_warning() -> None:
    found = _built("units: [{id: 甲, kind: 政府}]\nrecords: {会议: [{at: 2024-01-01, actor: 甲}, {actor: 甲, at: 2024-01-01}]}")
    assert len(found.facts.of("record")) == 1
    assert [problem.code for problem in found.warnings] == ["ORG-019"]


def test_a_former_name_of_two_units_must_be_made_plain() -> None:
    text = "units: [{id: 甲, kind: 部门, formerly: 旧}, {id: 乙, kind: 部门, formerly: 旧}, {id: 丙, kind: 站所, superior: 旧}]"
    with pytest.raises(InputError, match="写明是哪一个"):
        _built(text)


def test_a_reorganisation_may_turn_a_relation_round() -> None:
    _built(
        "units: [{id: 甲, kind: 政府, superior: [{unit: 乙, until: 2020-12-31}]},"
        " {id: 乙, kind: 政府, superior: [{unit: 甲, since: 2021-01-01}]}]"
    )


def test_many_wrong_references_are_all_told() -> None:
    units = "".join(f"- {{id: 单位{n}, kind: 政府, superior: 不存在的单位{n}}}\n" for n in range(3000))
    with pytest.raises(InputError) as caught:
        _built("units:\n" + units)
    assert len(caught.value.problems) == 3000
