"""From DOT to a picture: the same everywhere, and no warning, crash or missing glyph passes unseen."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
import xml.dom.minidom
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from zeren.graphs import fonts
from zeren.graphs.diagrams import parts, style
from zeren.graphs.render import picture, process
from zeren.graphs.render.errors import NoRenderer, RenderError, TimeLimit
from zeren.graphs.render.glyphs import drawable, missing
from zeren.graphs.render.legibility import inches, legible

GOLDEN = Path(__file__).parent / "golden"
CHAIN = (GOLDEN / "chain-14-SG-0826-1.dot").read_text("utf-8")


def sheet(label: str = "城镇燃气", tooltip: str = "") -> str:
    graph = parts.digraph("t", "题")
    parts.node(graph, "甲", parts.card(style.ROLES["政府"], label, ["说明"], style.MARKS["失职"]), tooltip)
    return str(graph.source)


def script(text: str) -> process.Command:
    """A renderer that does what a Python text says."""

    def command(kind: str, dpi: int) -> Sequence[str]:
        return (sys.executable, "-c", text)

    return command


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_pages_drawn_together_are_as_each_alone(kind: str) -> None:
    pages = [sheet("城镇燃气"), CHAIN, sheet("道路运输")]
    assert process.run_all(pages, kind) == [process.run(page, kind) for page in pages]


def test_all_pages_are_drawn_by_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started, run = [], subprocess.run

    def counted(*words: object, **options: object) -> object:
        started.append(words)
        return run(*words, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(process.subprocess, "run", counted)
    assert len(process.run_all([sheet("甲"), sheet("乙"), sheet("丙")], "svg", process.bundled)) == len("甲乙丙")
    assert len(started) == 1


def test_one_bad_page_among_several_is_an_error() -> None:
    with pytest.raises(RenderError, match="nosuchcolour"):
        process.run_all([sheet(), "digraph { a [color=nosuchcolour] }", sheet()], "svg")


def test_the_time_limit_is_that_of_all_pages() -> None:
    with pytest.raises(TimeLimit, match=r"超过 1 秒"):
        process.run_all(["digraph {}"] * 4, "svg", script("import time; time.sleep(0.5); print('drawn')"), limit=1)


# -- what goes wrong ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("dot", "said"), [
    ("digraph { a [label=<<B>x</I>>] }", "label"),  # drawn as a broken node with return code 0
    ("digraph { a [label=<<FONT></FONT>>] }", "label"),
    ("digraph { a [color=nosuchcolour] }", "nosuchcolour"),
    ("digraph { a [shape=nosuchshape] }", "nosuchshape"),
    ("digraph { a [label=<<TABLE><TR><TD PORT='p'>x</TD></TR></TABLE>>]; a:nosuchport -> b }", "nosuchport"),
    ("digraph { a -> ", "syntax error"),
])
def test_whatever_graphviz_complains_of_is_an_error(dot: str, said: str) -> None:
    with pytest.raises(RenderError, match=said):
        picture(dot, "png")


@pytest.mark.parametrize(("text", "said"), [
    ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "信号 11"),
    ("raise SystemExit(5)", "返回 5"),
    ("pass", "返回 0"),
    ("import sys; print('Warning: odd', file=sys.stderr); print('<svg/>')", "Warning: odd"),
])
def test_a_renderer_that_crashes_fails_or_warns_is_an_error(text: str, said: str) -> None:
    with pytest.raises(RenderError, match=said):
        process.run("digraph {}", "svg", script(text))


def test_remarks_of_fontconfig_are_harmless() -> None:
    text = "import sys; print('Fontconfig warning: odd', file=sys.stderr); print('drawn', end='')"
    assert process.run("digraph {}", "svg", script(text)) == b"drawn"


def test_a_layout_that_takes_too_long_is_stopped() -> None:
    started = time.monotonic()
    with pytest.raises(TimeLimit, match=r"超过 0\.5 秒"):
        process.run("digraph {}", "svg", script("import time; time.sleep(60)"), limit=0.5)
    assert time.monotonic() - started < 30


def test_without_any_renderer_the_message_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(NoRenderer, match="pip install pygraphviz"):
        picture(sheet(), "png")


def test_without_the_package_the_dot_of_the_system_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/dot")
    assert process.backend() is process.system
    assert process.system("png", 144) == ("dot", "-Tpng", "-Gdpi=144")


# -- the same everywhere --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_same_dot_same_bytes(kind: str) -> None:
    first = picture(CHAIN, kind, "题").data
    time.sleep(1.1)  # a PDF carries the second in which it was made
    assert picture(CHAIN, kind, "题").data == first


def test_system_fonts_change_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pictures = []
    for folder in (tmp_path, Path("/usr/share/fonts")):
        config = tmp_path / f"{folder.name}.conf"
        config.write_text(f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{folder}</dir>'
                          f"<cachedir>{tmp_path}</cachedir></fontconfig>", encoding="utf-8")
        monkeypatch.setenv("FONTCONFIG_FILE", str(config))
        monkeypatch.setenv("FONTCONFIG_PATH", str(tmp_path))
        pictures.append([picture(CHAIN, kind).data for kind in ("png", "pdf")])
    assert pictures[0] == pictures[1]


def test_a_pdf_embeds_only_our_fonts() -> None:
    names = set(re.findall(rb"/FontName\s*/([^\s/]+)", picture(CHAIN, "pdf").data))
    assert names
    assert all(re.fullmatch(rb"[A-Z]{6}\+ZerenSansSC-(Regular|Bold)", name) for name in names), names


def test_no_character_becomes_an_empty_box(tmp_path: Path) -> None:
    """Each of these is drawn differently from the glyph that stands for what a font lacks."""
    seen = {}
    for char in "安镕旸喆堃玥䶮✓×△？●○▲":
        file = tmp_path / f"{ord(char)}.png"
        file.write_bytes(process.run(f'digraph {{ pad=0; a [shape=plain, fontname="{style.FONT}", fontsize=40, label="{char}"] }}', "png"))
        seen[char] = Image.open(file).convert("L").tobytes()
    notdef = process.run(f'digraph {{ pad=0; a [shape=plain, fontname="{style.FONT}", fontsize=40, label="\U0001f600"] }}', "png")
    (tmp_path / "notdef.png").write_bytes(notdef)
    assert len(set(seen.values())) == len(seen)
    assert Image.open(tmp_path / "notdef.png").convert("L").tobytes() not in seen.values()


# -- characters -----------------------------------------------------------------------------------------------------

def test_what_the_font_lacks_is_a_box_and_told() -> None:
    dot, notes = drawable(sheet("消防🔥站"))
    assert "消防□站" in dot
    assert notes == ("字库没有这些字，图中以 □ 代替：🔥（U+1F525）",)
    assert missing(dot) == ()
    assert drawable(dot) == (dot, ())


@pytest.mark.parametrize("name", [
    'a & b < c > d "e"', "反斜\\杠 \\N \\G \\l \\\\", "两\n行", "回车\r\n行", "制\t表", "控\x00\x0b\x1f制", "双\u202e向\u2066", "零\u200b宽\u200d", "", " ", "\ud800",
    "x" * 300, "很长的单位名称" * 9, "<B>粗</B>", "&amp;", "%3A", "a:b:c", "]]>", "👨‍👩‍👧",
])
def test_any_name_gives_a_picture(name: str) -> None:
    graph = parts.digraph("t", name, name)
    own = parts.node(graph, name, parts.card(style.ROLES["企业"], name, [name], style.MARKS["失职"], name), name)
    other = parts.node(graph, f"{name}二", parts.pair([name, name], [name], style.ROLES["党委"], style.ROLES["政府"]), name)
    third = parts.node(graph, f"{name}三", parts.listing(name, [(style.MARKS["失职"], 1)], [(name, style.MARKS["失职"]), (name, None)], 9))
    graph.edge(own, other)
    graph.edge(other, third)
    made = picture(graph.source, "svg", name.replace("\ud800", "")).data.decode()
    found = xml.dom.minidom.parseString(re.sub(r"[\x00-\x08\x0b-\x1f]", "", made))
    ids = {one.getAttribute("id") for one in found.getElementsByTagName("g")}
    assert {own for own in ids if own.startswith("n-")} == {f"n-{own}", f"n-{other}", f"n-{third}"}


def test_names_are_shown_as_they_are_written() -> None:
    made = picture(sheet('a & <b> "c" \\N d', "x\\N & y"), "svg").data.decode()
    assert 'a &amp; &lt;b&gt; &quot;c&quot; \\N d' in made
    assert 'xlink:title="x＼N &amp; y"' in made


def test_three_hundred_siblings_in_a_list() -> None:
    names = [(f"第{number}号企业", style.MARKS["失职"] if number % 7 else None) for number in range(300)]
    graph = parts.digraph("t", "题")
    parts.node(graph, "表", parts.listing("企业", [(style.MARKS["失职"], 257)], names[:12], 300))
    made = picture(graph.source, "svg")
    assert "另有 288 家，见清单" in made.data.decode()
    assert made.legibility.ok


# -- SVG ------------------------------------------------------------------------------------------------------------

def test_an_svg_carries_the_characters_that_it_writes_and_no_others() -> None:
    from base64 import b64decode
    from io import BytesIO

    from fontTools.ttLib import TTFont

    made = picture(sheet("瑱公司"), "svg", "甲 & 乙").data.decode()
    assert "<title>甲 &amp; 乙</title>" in made
    faces = re.findall(r"font-family:'([^']+)';font-weight:(\w+);src:url\(data:font/woff;base64,([^)]+)\)", made)
    held = {(family, weight): set(map(chr, TTFont(BytesIO(b64decode(data))).getBestCmap())) for family, weight, data in faces}
    assert held[style.FONT, "normal"] == set("说明辅助研判，不构成责任认定") | set()
    assert held[style.FONT, "bold"] == set("题政公司× 失职")
    assert held[f"{style.FONT} Rest", "bold"] == {"瑱"}  # the Bold has no such character
    assert not re.search(r"https?://(?!www\.w3\.org/)", made)


# -- legibility -----------------------------------------------------------------------------------------------------

def test_the_gate_measures_what_a_slide_shows() -> None:
    dot = f'fontsize={style.MAIN} POINT-SIZE="{style.BODY}"'
    assert legible(dot, 13.33, 7.5).ok
    assert legible(dot, 5, 5).main == style.MAIN  # a small page is not enlarged
    assert legible(dot, 16.4, 7.5).ok
    assert not legible(dot, 16.6, 7.5).ok
    assert not legible(dot, 13.33, 9.4).ok
    assert not legible('fontsize=15 POINT-SIZE="10"', 13.33, 7.5).ok


def test_the_size_is_the_same_in_every_format() -> None:
    sizes = [inches(process.run(CHAIN, kind), kind) for kind in ("svg", "png", "pdf")]
    for across, down in sizes:
        assert across == pytest.approx(sizes[0][0], abs=0.03)
        assert down == pytest.approx(sizes[0][1], abs=0.03)


# -- fonts ----------------------------------------------------------------------------------------------------------

def test_the_fonts_are_ours_and_hold_what_is_needed() -> None:
    from fontTools.ttLib import TTFont

    for file, weight in ((fonts.REGULAR, 400), (fonts.BOLD, 700)):
        with TTFont(file, lazy=True) as font:
            assert font["name"].getDebugName(1) == style.FONT
            assert "SIL Open Font License" in font["name"].getDebugName(13)
            assert font["OS/2"].usWeightClass == weight
            assert (font["hhea"].ascent, font["hhea"].descent) == (950, -230)
        needed = "镕旸喆堃玥" + "".join(mark.sign for mark in style.MARKS.values()) + "".join(role.badge for role in style.ROLES.values())
        assert not [char for char in needed if ord(char) not in fonts.characters(file)]
    assert fonts.characters(fonts.BOLD) <= fonts.characters(fonts.REGULAR)
    assert all(ord(char) in fonts.characters() for char in "瓩瑱囧堺峠喆堃".encode("gbk").decode("gbk"))
    assert "SIL OPEN FONT LICENSE" in (fonts.FOLDER / "OFL.txt").read_text("utf-8")
    assert sum(path.stat().st_size for path in fonts.FOLDER.glob("*.otf")) < 8_000_000


def test_the_renderer_needs_no_network_and_no_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pygraphviz.py").write_text("raise SystemExit('wrong module')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert picture(sheet(), "png").data.startswith(b"\x89PNG")


def test_the_child_says_what_is_no_dot() -> None:
    child = Path(process.__file__).with_name("child.py")
    done = subprocess.run([sys.executable, "-P", child, "svg", "72"], input=b"digraph {", capture_output=True, check=False, timeout=60)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
