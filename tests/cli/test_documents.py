"""What the documents show works: commands, snippets, links, and the files that editors are pointed to."""

import json
import re
import shlex
from pathlib import Path

import pytest

from zeren import parse
from zeren.models.organisation import load

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh-CN.md")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks" / "README.md"])


def _blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)


def _commands(page: str) -> list[list[str]]:
    """The zeren commands of a page, without ``uv run`` and without remarks."""
    text = (ROOT / page).read_text("utf-8")
    lines = [line for block in _blocks(page, "bash") for line in block.splitlines()] + re.findall(r"`(uv run zeren [^`]+)`", text)
    return [shlex.split(line.partition("uv run zeren ")[2], comments=True) for line in lines if "uv run zeren " in line]


@pytest.fixture
def readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """A folder with the README's own organisation file."""
    page = str(request.param)
    (tmp_path / "临江市.yaml").write_text(_blocks(page, "yaml")[0], "utf-8")
    monkeypatch.chdir(tmp_path)
    return page


@pytest.mark.parametrize("readme", READMES[:1], indirect=True)  # the other shows the same, see below
def test_every_command_of_the_readme_runs(run, readme: str) -> None:
    commands = [words for words in _commands(readme) if words[:2] != ["scenario", "run"]]  # tests/scenarios runs them all
    assert {words[0] for words in commands} == {
        "demo", "check", "explain", "duties", "trace", "scenario", "template", "ask", "structure", "draw"}
    for words in commands:
        found = run(*(ROOT / word if word.startswith("scenarios/") else word for word in words))
        assert found.code in (0, 1), (words, found.err)
    assert json.loads(Path("检查.json").read_text("utf-8"))["counts"]["fail"] == 2


@pytest.mark.parametrize("readme", READMES, indirect=True)
def test_the_python_of_the_readme_runs(readme: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec("\n".join(_blocks(readme, "python")), {})
    out = capsys.readouterr().out
    assert "fail AWH-001 临江市政府的安委会主任不是政府主要负责人" in out
    assert "Rule(" not in out


def test_both_readmes_show_the_same_commands_and_the_same_organisation() -> None:
    assert _commands(READMES[0]) == _commands(READMES[1])
    first, second = ({(fact.relation, fact.values) for fact in parse(_blocks(page, "yaml")[0]).facts} for page in READMES)
    assert first == second


def test_the_organisation_of_the_manual_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "组织.yaml"
    file.write_text(_blocks("docs/organisation-files.md", "yaml")[0], "utf-8")
    assert load([file]).warnings == ()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_the_editor_finds_its_schemas() -> None:
    schemas = json.loads((ROOT / ".vscode" / "settings.json").read_text("utf-8"))["yaml.schemas"]
    assert len(schemas) == 3
    for schema in schemas:
        assert json.loads((ROOT / schema).read_text("utf-8"))["$schema"]
