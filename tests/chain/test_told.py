"""What is printed: the terminal and JSON, the same bytes each time, the notice on every page and line, a closed schema."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from place import Place

from zeren.cli.main import main
from zeren.engine.chain.model import Chain
from zeren.reports import chain_json, chain_terminal
from zeren.reports.chain_document import chain_schema
from zeren.reports.page import Style
from zeren.reports.width import width

NOTICE = "辅助研判，不构成责任认定"


@pytest.fixture(name="chain")
def _chain() -> Chain:
    return Place(10, findings=[{"unit": "县工信局", "duty": "监管不力"}]).trace()


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> str:
    path = tmp_path / "city.json"
    path.write_text(json.dumps(Place().data, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_the_json_fits_its_schema_and_every_line_has_the_notice(chain: Chain) -> None:
    found = json.loads(chain_json.render(chain, {}))
    jsonschema.Draft202012Validator(chain_schema()).validate(found)
    assert found["notice"] == NOTICE
    assert found["lines"]
    assert all(one["notice"] == NOTICE for one in (*found["lines"], *found["excluded"]))


def test_the_same_input_gives_the_same_bytes() -> None:
    place = Place(10, findings=[{"unit": "县工信局", "duty": "监管不力"}])
    first = place.trace()
    place.data["units"].reverse()
    second = place.trace()
    plain = [json.loads(chain_json.render(chain, {})) for chain in (first, second)]
    assert [one["post"] for one in plain[0]["lines"]] == [one["post"] for one in plain[1]["lines"]]
    assert chain_json.render(first, {}) == chain_json.render(Place(10, findings=[{"unit": "县工信局", "duty": "监管不力"}]).trace(), {})


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_nothing_is_wider_than_the_page(chain: Chain, columns: int) -> None:
    text = chain_terminal.render(chain, {}, Style(columns=columns))
    assert max(width(one) for one in text.splitlines()) <= columns
    assert text.replace("\n", "").count(NOTICE) == 2


def test_the_terminal_names_post_layer_level_verdict_degree_path_basis_and_what_to_ask_for(chain: Chain) -> None:
    text = chain_terminal.render(chain, {}, Style(columns=200), everything=True)
    for word in ("工信副局长（P15）  行业主管  县级  失职（推定应追究，可反证）  监管责任·主要领导责任", "推定 ③", "ZRL-052", "依据", "路径", "资料调取清单", "责任倒查四问", "惯例"):
        assert word in text, word


def test_the_command_prints_a_chain_and_why_a_post_is_not_on_it(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", file, "SG-01"]) == 0
    assert "责任链：SG-01" in capsys.readouterr().out
    assert main(["trace", file, "SG-01", "--post", "教育局长"]) == 0
    assert "不在责任链上" in (out := capsys.readouterr().out)
    assert "监管的是教育" in out
    assert main(["trace", file, "SG-01", "-f", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["incident"] == "SG-01"


def test_a_wrong_name_is_answered_with_the_nearest_and_exit_code_2(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", file, "SG-02"]) == 2
    assert "SG-01" in (error := capsys.readouterr().err)
    assert "Traceback" not in error
    assert main(["trace", file, "SG-01", "--post", "教育局張"]) == 2
    assert "教育局长" in capsys.readouterr().err
