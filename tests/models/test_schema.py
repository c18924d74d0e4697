"""The published schema and the loader agree, and the catalogue is described."""

from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from zeren.models.authoring import _LABELS, organisation_file
from zeren.models.organisation import load
from zeren.models.problems import InputError
from zeren.models.schema import organisation_schema
from zeren.models.shapes import SHAPES
from zeren.models.yaml_text import parse, read

HERE = Path(__file__).parent
#: Problems that one entry alone cannot show, or that a schema cannot say.
_BEYOND = {"ORG-010", "ORG-011", "ORG-012", "ORG-013", "ORG-014", "ORG-015", "ORG-017", "ORG-018", "ORG-020"}
_BEYOND_FILES = {"岗位两种写法"}


def _verdicts(plain: object) -> tuple[bool, bool]:
    schema = jsonschema.Draft202012Validator(organisation_schema()).is_valid(plain)
    try:
        organisation_file().model_validate(plain)
    except ValidationError:
        return schema, False
    return schema, True


def test_schema_is_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(organisation_schema())


@pytest.mark.parametrize("path", sorted(HERE.glob("good/*.yaml")), ids=lambda path: path.stem)
def test_good_files_pass_the_schema(path: Path) -> None:
    assert _verdicts(read(path).plain()) == (True, True)


@pytest.mark.parametrize("path", sorted(HERE.glob("bad/*.yaml")), ids=lambda path: path.stem)
def test_bad_files_fail_the_schema_where_it_can_tell(path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load([path])
    codes = {problem.code for problem in caught.value.problems}
    if any(code.startswith("YAML") for code in codes) or path.stem in _BEYOND_FILES:
        return
    expected = codes <= _BEYOND
    assert _verdicts(read(path).plain()) == (expected, expected)


def test_schema_takes_numbers_where_editors_see_numbers() -> None:
    plain = {"units": [{"id": 371, "kind": "政府", "indicators": [{"metric": "死亡人数", "year": 2024, "cap": 4.5}]}]}
    assert _verdicts(plain) == (True, True)
    plain["units"][0]["partial"] = "yes"
    assert _verdicts(plain) == (False, False)


def test_every_column_has_a_description() -> None:
    keys = {key for shape in SHAPES.values() for key in shape.columns}
    assert keys - set(_LABELS) == set()


def test_the_shapes_parse_every_section() -> None:
    node = parse("units: [{id: 甲, kind: 政府, posts: [{title: 长, role: 主要负责人, holder: {person: P, mode: 代理}}]}]", "x")
    assert _verdicts(node.plain()) == (True, True)
