"""What is exported reads back as the same facts: as a workbook, as folders of CSV and Parquet files, and as imported YAML."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_organisations import organisation

from zeren.engine.backends.folder import FolderFacts
from zeren.models.facts import Fact, Facts
from zeren.models.organisation import Organisation, load
from zeren.models.workbook.folder_out import csv_files, parquet_files
from zeren.models.workbook.sourced import sourced
from zeren.models.workbook.template import workbook
from zeren.models.workbook.values import unescaped
from zeren.models.writer import write

ROOT = Path(__file__).parents[2]
FILES = [*sorted(ROOT.glob("scenarios/*/org")), ROOT / "scenarios/demo.yaml", ROOT / "tests/models/good/临江.yaml"]


def _facts(facts: Facts) -> set[tuple[object, ...]]:
    return {(fact.relation, fact.values) for fact in facts}


def _header(org: Organisation) -> tuple[object, ...]:
    return org.name, org.on, org.since, org.profile, dict(org.labels)


def _folder(place: Path, files: Mapping[str, bytes]) -> Path:
    place.mkdir()
    for name, data in files.items():
        (place / name).write_bytes(data)
    return place


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_shipped_organisations(path: Path, tmp_path: Path) -> None:
    org = load([path])
    (tmp_path / "work").mkdir()
    book = tmp_path / "书.xlsx"
    book.write_bytes(workbook(org))
    back = load([book])
    assert (_facts(back.facts), _header(back), back.formerly) == (_facts(org.facts), _header(org), org.formerly)
    for folder in (_folder(tmp_path / "csv", csv_files(org)), _folder(tmp_path / "parquet", parquet_files(org, tmp_path / "work"))):
        again = load([folder])
        assert (_facts(again.facts), _header(again)) == (_facts(org.facts), _header(org))
        assert _facts(FolderFacts(folder)) == _facts(org.facts)
    written = _folder(tmp_path / "yaml", {name: text.encode() for name, text in sourced(write(back), back.facts, [book]).items()})
    assert _facts(load([written]).facts) == _facts(org.facts)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_random_organisations(seed: int) -> None:
    org = organisation(seed)
    with TemporaryDirectory() as name:
        place = Path(name)
        (place / "书.xlsx").write_bytes(workbook(org))
        assert _facts(load([place / "书.xlsx"]).facts) == _facts(org.facts)
        folder = _folder(place / "csv", csv_files(org))
        assert _facts(load([folder]).facts) == _facts(FolderFacts(folder)) == _facts(org.facts)


@settings(deadline=None, derandomize=True)
@given(text=st.text(st.sampled_from("=+-@＝＋－＠'\t\r—/甲1,\" "), min_size=1, max_size=5).map(str.strip).filter(bool))
def test_no_text_becomes_a_formula_and_every_text_comes_back(text: str) -> None:
    org = Organisation("", Facts([Fact("tag", (text, "高危"))]), {})
    data = csv_files(org)["tag.csv"]
    [[cell, _]] = list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))[1:]
    assert not cell.startswith(tuple("=+-@＝＋－＠\t\r"))
    assert unescaped(cell) == text
    with TemporaryDirectory() as name:
        Path(name, "tag.csv").write_bytes(data)
        assert _facts(FolderFacts(name)) == {("tag", (text, "高危"))}


@settings(max_examples=4, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_random_organisations_as_parquet(seed: int) -> None:
    org = organisation(seed)
    with TemporaryDirectory() as name:
        (place := Path(name) / "work").mkdir()
        assert _facts(load([_folder(Path(name) / "parquet", parquet_files(org, place))]).facts) == _facts(org.facts)


def test_the_same_organisation_gives_the_same_bytes() -> None:
    org = organisation(1)
    assert workbook(org) == workbook(organisation(1))
    assert csv_files(org) == csv_files(organisation(1))


def test_places_are_cells(tmp_path: Path) -> None:
    (tmp_path / "书.xlsx").write_bytes(workbook(load([ROOT / "scenarios/demo.yaml"])))
    facts = load([tmp_path / "书.xlsx"]).facts
    assert all(".xlsx!" in fact.place.file and fact.place.line > 3 for fact in facts)
    assert str(facts.of("hazard")[0].place).endswith("书.xlsx!隐患!A4")
