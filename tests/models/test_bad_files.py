"""Each file in ``bad`` says in its head which problems it has; to add a case, add a file."""

import re
from pathlib import Path

import pytest

from zeren.models.organisation import load
from zeren.models.problems import InputError

CASES = sorted(Path(__file__).with_name("bad").glob("*.yaml"))
_EXPECTED = re.compile(r"# 期望 (\d+):(\d+) (\S+) (.+)")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_problem_is_told_at_its_place(path: Path) -> None:
    expected = [
        (int(line), int(column), code, words)
        for line, column, code, words in _EXPECTED.findall(path.read_text("utf-8"))
    ]
    assert expected, "no expectation in the head of the file"
    with pytest.raises(InputError) as caught:
        load([path])
    found = caught.value.problems
    told = "\n".join(map(str, found))
    assert sorted((line, column, code) for line, column, code, _ in expected) == sorted(
        (problem.place.line, problem.place.column, problem.code) for problem in found
    ), told
    for line, column, code, words in expected:
        assert any(
            (problem.place.line, problem.place.column, problem.code) == (line, column, code)
            and words in problem.message + problem.hint
            for problem in found
        ), f"{line}:{column} {code} {words}\n{told}"
    for problem in found:
        assert problem.hint, f"no way to mend: {problem}"
