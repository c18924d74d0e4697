"""Each scenario in ``bad`` says in its head which problems it has; to add a case, add a file.

The cases share the organisation of 组织.yaml.
"""

import re
from pathlib import Path

import pytest

from zeren.cli.main import main
from zeren.engine import scenarios
from zeren.models.problems import InputError

BAD = Path(__file__).with_name("bad")
CASES = sorted(path for path in BAD.glob("*.yaml") if path.stem != "组织")
_EXPECTED = re.compile(r"# 期望 (\d+):(\d+) (\S+) (.+)")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_problem_is_told_at_its_place(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "组织.yaml").write_bytes((BAD / "组织.yaml").read_bytes())
    (tmp_path / "scenario.yaml").write_bytes(path.read_bytes())
    expected = _EXPECTED.findall(path.read_text("utf-8"))
    assert expected, "no expectation in the head of the file"
    with pytest.raises(InputError) as caught:
        scenarios.run(tmp_path)
    found = caught.value.problems
    told = "\n".join(map(str, found))
    assert sorted((int(line), int(column), code) for line, column, code, _ in expected) == sorted(
        (problem.place.line, problem.place.column, problem.code) for problem in found
    ), told
    for line, column, code, words in expected:
        assert any(
            (problem.place.line, problem.place.column, problem.code) == (int(line), int(column), code)
            and words in problem.message + problem.hint
            for problem in found
        ), f"{line}:{column} {code} {words}\n{told}"
    assert all(problem.hint for problem in found), told
    assert main(["scenario", "run", str(tmp_path)]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_folder_without_scenarios(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenario", "run", str(tmp_path / "没有")]) == 2
    assert "没有场景" in capsys.readouterr().err
