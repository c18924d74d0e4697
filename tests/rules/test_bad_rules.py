"""Each file in ``bad`` says in its head which problems it has (line, code, words); to add a case, add a file.

``# 提醒`` lines are warnings; a file whose head says ``# 可用`` must load all the same.
"""

import re
from pathlib import Path

import pytest

from zeren.engine.language.plan import plan
from zeren.engine.pack import Pack
from zeren.models.problems import InputError, Problems

CASES = sorted(Path(__file__).with_name("bad").glob("*.yaml"))
_EXPECTED = re.compile(r"^# (错误|提醒) (\d+) (\S+) (.+)$", re.MULTILINE)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_problem_is_told_at_its_line(path: Path) -> None:
    text = path.read_text("utf-8")
    expected = [(severity, int(line), code, words) for severity, line, code, words in _EXPECTED.findall(text)]
    assert expected, "no expectation in the head of the file"
    pack, problems = Pack(), Problems()
    try:
        rule = pack.read(path, problems)
        made = plan(rule, pack, problems) if rule is not None else None
    except InputError as error:
        made, problems = None, Problems(list(error.problems))
    found = [one for one in problems if one.code != "RULE-文件名"]
    told = "\n".join(map(str, found))
    assert sorted((one.severity, one.place.line, one.code) for one in found) == sorted(entry[:3] for entry in expected), told
    for severity, line, code, words in expected:
        assert any(
            (one.severity, one.place.line, one.code) == (severity, line, code) and words in one.message + one.hint for one in found
        ), f"{line} {code} {words}\n{told}"
    assert (made is None) == any(severity == "错误" for severity, *_ in expected)
