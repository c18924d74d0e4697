"""Files of a drawing: DOT always, one file per page, notes, and what happens where a picture cannot be made."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import zeren
from zeren.engine.pack import Pack
from zeren.graphs import draw, files
from zeren.graphs.diagrams import parts
from zeren.graphs.diagrams.drawing import Drawing, bound
from zeren.graphs.render import process
from zeren.graphs.render.errors import NoRenderer, RenderError, TimeLimit
from zeren.models.problems import UsageError

ORG = """
on: 2024-06-30
territories: [{id: 甲县, name: 甲县, level: 县级}]
units:
  - {id: 县政府, kind: 政府, level: 县级, territory: 甲县, posts: [{id: 县长, role: 主要负责人, holder: P1}]}
  - {id: 甲厂, kind: 企业, territory: 甲县}
"""


def page(name: str, text: str = "文字") -> Drawing:
    graph = parts.digraph("t", text)
    graph.node("a", label=parts.html(parts.text(text)))
    return Drawing(name, text, graph.source, (f"{name}的说明",))


def slow(kind: str, dpi: int) -> Sequence[str]:
    return (sys.executable, "-c", "import time; time.sleep(60)")


def no_renderer() -> process.Command:
    raise NoRenderer([])


def about(**options: str) -> draw.Subject:
    org = zeren.parse(ORG)
    return draw.subject(org, Pack(), zeren.moment(org), **options)


def test_one_page_keeps_its_name(tmp_path: Path) -> None:
    written = files.write(page("一"), tmp_path / "图.SVG")
    assert [file.name for file in written.files] == ["图.SVG", "图.dot"]
    assert written.notes == ("一的说明",)


def test_several_pages_are_numbered(tmp_path: Path) -> None:
    written = files.write(bound((page("一"), page("二"))), tmp_path / "图.png")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["图-1.dot", "图-1.png", "图-2.dot", "图-2.png"]
    assert [file.name for file in written.files] == ["图-1.png", "图-2.png", "图-1.dot", "图-2.dot"]


def test_dot_alone_needs_no_renderer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "backend", no_renderer)
    assert [file.name for file in files.write(page("一"), tmp_path / "图.dot").files] == ["图.dot"]


def test_dot_stands_where_there_is_no_renderer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "backend", no_renderer)
    with pytest.raises(NoRenderer):
        files.write(page("一"), tmp_path / "图.svg")
    assert [file.name for file in tmp_path.iterdir()] == ["图.dot"]


def test_a_page_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    written = files.write(page("一", "很长的一行字" * 60), tmp_path / "图.png")
    assert any("投影到 13.33×7.5 英寸的幻灯片上" in note for note in written.notes)


def test_what_the_font_lacks_is_told_and_boxed_in_dot_too(tmp_path: Path) -> None:
    written = files.write(page("一", "火🔥"), tmp_path / "图.dot")
    assert "火□" in (tmp_path / "图.dot").read_text("utf-8")
    assert "🔥（U+1F525）" in written.notes[-1]


@pytest.mark.parametrize(("name", "said"), [("图.svgz", "最接近的是“svg”"), ("图", "没有写格式"), ("图.jpg", "不认识图形格式“.jpg”")])
def test_a_wrong_format_is_told_before_anything_is_drawn(name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        files.write_or_focus("map", about(), Path(name))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="不能写入"):
        files.write(page("一"), tmp_path / "没有" / "图.svg")


def test_too_slow_falls_back_to_the_focus_view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[str, str | None]] = []

    def drawing(kind: str, subject: draw.Subject) -> Drawing:
        drawn.append((kind, subject.unit))
        return page(kind)

    def command(kind: str, dpi: int) -> Sequence[str]:
        return slow(kind, dpi) if drawn[-1][0] == "map" else process.bundled(kind, dpi)

    monkeypatch.setattr(draw, "drawing", drawing)
    written = files.write_or_focus("map", about(), tmp_path / "图.svg", command, limit=2)
    assert drawn == [("map", None), ("focus", "县政府")]
    assert "排图超过 2 秒，改画了“县政府”的聚焦图" in written.notes[0]


def test_too_slow_a_focus_view_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw, "drawing", lambda kind, subject: page(kind))
    with pytest.raises(TimeLimit):
        files.write_or_focus("focus", about(), tmp_path / "图.svg", slow, limit=0.2)


def test_a_failing_renderer_is_not_taken_for_a_slow_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw, "drawing", lambda kind, subject: page(kind))
    with pytest.raises(RenderError, match="返回 4"):
        files.write_or_focus("map", about(), tmp_path / "图.svg", lambda *_: (sys.executable, "-c", "raise SystemExit(4)"))


def test_names_may_stand_for_ids_and_wrong_ones_get_the_nearest() -> None:
    assert about(unit="甲厂").unit == "甲厂"
    for option, word, said in [("unit", "甲广", "甲厂"), ("post", "县长长", "县长"), ("rule", "AWH-0001", "AWH-001"), ("incident", "X", "没有事故")]:
        with pytest.raises(UsageError, match=said):
            about(**{option: word})


def test_a_diagram_that_does_not_exist_or_lacks_its_object() -> None:
    with pytest.raises(UsageError, match="最接近的是“chain”"):
        draw.drawing("chian", about())
    with pytest.raises(UsageError, match="--incident"):
        draw.drawing("chain", about())


def test_every_registered_diagram_is_there() -> None:
    from importlib import import_module

    for module, _ in draw.DIAGRAMS.values():
        assert callable(import_module(module).draw)


def test_the_facade_writes_and_returns_the_drawing(tmp_path: Path) -> None:
    org = zeren.parse(ORG.replace("units:", "incidents: [{id: SG-1, at: 2024-05-01 08:00, territory: 甲县, kind: 生产安全事故, deaths: 1}]\nunits:"))
    made = zeren.draw(org, "chain", tmp_path / "链.svg")
    assert made.title.startswith("事故责任链：")
    assert sorted(path.suffix for path in tmp_path.iterdir())[-2:] == [".dot", ".svg"]
