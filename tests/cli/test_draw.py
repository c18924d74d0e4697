"""zeren draw: files named on stdout, remarks on stderr, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from zeren.graphs.render import process

SCENARIO = Path(__file__).parents[2] / "scenarios" / "16-新业态燃气爆炸" / "org"


def test_a_chain_is_drawn_and_its_files_are_named(run, tmp_path: Path) -> None:
    target = tmp_path / "链.png"
    done = run("draw", SCENARIO, "--as", "chain", "-o", target)
    assert (done.code, done.out) == (0, f"{target}\n{target.with_suffix('.dot')}\n")
    assert target.read_bytes().startswith(b"\x89PNG")
    assert "说明：有关联而未列入的" in done.err


def test_the_same_command_writes_the_same_bytes(run, tmp_path: Path) -> None:
    for name in ("一", "二"):
        assert run("draw", SCENARIO, "--as", "chain", "--incident", "SG-1015", "-o", tmp_path / f"{name}.svg").code == 0
    assert (tmp_path / "一.svg").read_bytes() == (tmp_path / "二.svg").read_bytes()
    assert (tmp_path / "一.dot").read_bytes() == (tmp_path / "二.dot").read_bytes()


@pytest.mark.parametrize(("words", "said"), [
    (("--as", "chian", "-o", "图.svg"), "最接近的是“chain”"),
    (("--as", "chain", "-o", "图.svgg"), "最接近的是“svg”"),
    (("--as", "chain", "-o", "图"), "没有写格式"),
    (("--as", "chain", "--incident", "SG-1016", "-o", "图.svg"), "最接近的是“SG-1015”"),
    (("--as", "post", "-o", "图.svg"), "--post"),
    (("--as", "chain", "-o", "没有的文件夹/图.svg"), "不能写入"),
    (("--as", "chain"), "缺少参数"),
])
def test_mistakes_are_told(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("draw", SCENARIO, *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert not list(tmp_path.iterdir())


def test_without_a_renderer_dot_is_written_and_the_way_to_one_told(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "find_spec", lambda _: None)
    monkeypatch.setattr(process.shutil, "which", lambda _: None)
    done = run("draw", SCENARIO, "--as", "chain", "-o", tmp_path / "链.svg")
    assert done.code == 2
    assert "pip install pygraphviz" in done.err
    assert [file.name for file in tmp_path.iterdir()] == ["链.dot"]


def test_a_defect_of_the_renderer_is_an_internal_error(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setattr(process, "backend", lambda: lambda *_: (sys.executable, "-c", "raise SystemExit(4)"))
    done = run("draw", SCENARIO, "--as", "chain", "-o", tmp_path / "链.svg")
    assert done.code == 3
    assert "Traceback" not in done.err
