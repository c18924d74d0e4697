"""What zeren diff and zeren ask write as JSON holds to the published schemas; the schemas refuse what is left out or added."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from zeren.cli.main import main

ROOT = Path(__file__).parents[2]
DEMO = str(ROOT / "scenarios" / "demo.yaml")


def written(command: list[str], capsys: pytest.CaptureFixture[str]) -> Any:
    assert main([*command, "-f", "json"]) in (0, 1)
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def outputs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    old, new = (str(tmp_path / name) for name in ("旧.json", "新.json"))
    main(["check", DEMO, "--on", "2024-03-31", "-f", f"json:{old}"])
    main(["check", DEMO, "-f", f"json:{new}"])
    fewer = tmp_path / "新.yaml"
    text = Path(DEMO).read_text("utf-8")
    fewer.write_text(text.replace("holder: ", "name: "), "utf-8")
    capsys.readouterr()
    return {"comparison": written(["diff", old, new], capsys), "handover": written(["diff", DEMO, str(fewer)], capsys),
            "asking": written(["ask", DEMO], capsys)}


def test_they_hold_to_their_schemas(outputs: dict[str, Any]) -> None:
    assert outputs["comparison"]["items"]
    assert outputs["handover"]["orphaned"]
    assert outputs["asking"]["papers"]
    for kind, data in outputs.items():
        schema = json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text("utf-8"))
        jsonschema.validate(data, schema)
        for spoilt in ({**data, "别的": 1}, {key: value for key, value in data.items() if key != "notice"}):
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate(spoilt, schema)
