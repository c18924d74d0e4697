"""The HTML page: what it holds, what it forbids, and in a real browser what clicks, keys and filters do."""

from __future__ import annotations

import os
import re
import shutil
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from zeren.cli.main import main
from zeren.reports.document import ReportDocument
from zeren.reports.html.figures import inlined
from zeren.reports.html.page import page

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "scenarios" / "demo.yaml"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]


class Reader(HTMLParser):
    """Collects the tags of a page, and what stands in style and script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, str] = {}
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in ("style", "script"):
            self.inside[self._open] = self.inside.get(self._open, "") + data


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "报告 1.html"
    assert main(["check", str(DEMO), "-f", f"html:{path}"]) == 1
    return path


def test_every_duty_is_a_row(written: Path, demo: ReportDocument) -> None:
    text = written.read_text("utf-8")
    assert len(re.findall(r'<tr id="r-', text)) == len(demo.findings) + len(demo.passed)
    assert text.count("辅助研判，不构成责任认定") >= 2
    assert text.count("<svg ") >= 4  # map, coverage, matrix, chain


def test_the_policy_names_the_only_style_and_script(written: Path) -> None:
    reader = Reader(written.read_text("utf-8"))
    [policy] = [attributes["content"] for tag, attributes in reader.tags if attributes.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    for kind in ("style", "script"):
        digest = b64encode(sha256(reader.inside[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_nothing_points_outside_or_runs_by_attribute(written: Path) -> None:
    for tag, attributes in Reader(written.read_text("utf-8")).tags:
        assert tag not in ("iframe", "object", "embed", "img", "base", "form" if "action" in attributes else "")
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name != "style", tag
            if name in ("href", "src", "xlink:href"):
                assert value is not None
                assert value.startswith(("#", "data:")), (tag, value)


def test_ids_are_unique(written: Path) -> None:
    ids = [attributes["id"] for _, attributes in Reader(written.read_text("utf-8")).tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_names_stay_names(hostile: ReportDocument, hostile_name: str) -> None:
    text = page(hostile)
    tags = Reader(text).tags
    assert "alert(1)" not in Reader(text).inside["script"]
    assert sum(tag == "script" for tag, _ in tags) == 1
    assert any(attributes.get("data-unit") == hostile_name for _, attributes in tags)


def test_a_page_too_large_says_what_is_left_out(demo: ReportDocument) -> None:
    many = replace(demo, passed=demo.passed * 40)
    assert f"另有 {len(many.passed) - 3000} 项没有列入本页" in page(many)


def test_an_svg_keeps_its_ids_apart_and_its_fonts_out() -> None:
    svg = '<?xml version="1.0"?>\n<svg width="72pt" height="36pt"><style>@font-face{}</style><g id="n-市%20长" class="node"><text>a</text></g></svg>'
    assert inlined(svg, "f3", 'a"<b>') == (
        '<svg role="group" aria-label="a&quot;&lt;b&gt;" width="72pt"><g data-node="市 长" id="f3-n-市%20长" class="node"><text>a</text></g></svg>')


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        if os.environ.get("ZEREN_REQUIRE_BROWSER") == "1":
            pytest.fail("no Chromium, which ZEREN_REQUIRE_BROWSER asks for")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield made
        made.close()


@pytest.fixture
def tab(browser: Any, written: Path) -> Iterator[Any]:
    """The page from file://; at the end, nothing may have been asked of a network and no error printed."""
    told: list[str] = []
    made = browser.new_page(viewport={"width": 1280, "height": 900})
    made.on("console", lambda message: told.append(message.text))
    made.on("pageerror", lambda error: told.append(str(error)))
    made.on("request", lambda request: None if request.url.startswith(("file:", "data:")) else told.append(request.url))
    made.goto(written.as_uri())
    yield made
    made.close()
    assert told == []


def shown(tab: Any) -> list[str]:
    kinds: list[str] = tab.locator(".findings tbody tr:visible").evaluate_all("rows => rows.map(row => row.dataset.kind)")
    return kinds


def test_chips_filter_by_outcome(tab: Any, demo: ReportDocument) -> None:
    assert len(shown(tab)) == len(demo.findings)
    tab.get_by_role("button", name=re.compile("^符合")).click()
    assert len(shown(tab)) == len(demo.findings) + len(demo.passed)
    for name in ("符合", "证据不足", "预警", "未到期", "已豁免"):
        tab.get_by_role("button", name=re.compile(f"^{name} ")).click()
    assert set(shown(tab)) == {"fail"}
    assert tab.locator("#count").inner_text().startswith(f"显示 {len(shown(tab))} / ")


def test_unit_mechanism_and_words_filter_and_reset(tab: Any, demo: ReportDocument) -> None:
    tab.select_option("#unit", "赤岩铸造有限公司")
    assert len(shown(tab)) == sum(one.bearer.label == "赤岩铸造有限公司" for one in demo.findings)
    tab.select_option("#mechanism", "隐患排查治理")
    assert 0 < len(shown(tab)) <= sum(one.bearer.label == "赤岩铸造有限公司" for one in demo.findings)
    tab.fill("#search", "没有这样的话")
    assert shown(tab) == []
    assert tab.locator("#none").is_visible()
    tab.click("#reset")
    assert len(shown(tab)) == len(demo.findings) + len(demo.passed)


def test_a_click_on_a_post_shows_its_chain_and_escape_returns(tab: Any) -> None:
    button = tab.locator("#chains .post").first
    button.click()
    assert tab.locator("#panel").is_visible()
    assert tab.locator("#panel-title").inner_text() == button.inner_text()
    assert "路径" in tab.locator("#panel-body").inner_text()
    assert tab.locator(".canvas.chosen [data-node].on").count() >= 1
    tab.keyboard.press("Escape")
    assert not tab.locator("#panel").is_visible()
    assert button.evaluate("one => one === document.activeElement")


def test_a_post_in_a_picture_opens_by_key(tab: Any) -> None:
    node = tab.locator("svg [data-node][tabindex]").first
    node.focus()
    tab.keyboard.press("Enter")
    assert tab.locator("#panel").is_visible()
    tab.locator("#close").click()
    assert not tab.locator("#panel").is_visible()


def test_keys_reach_the_search_and_the_details(tab: Any) -> None:
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.id") == "search"
    summary = tab.locator(".findings summary:visible").first
    summary.focus()
    tab.keyboard.press("Enter")
    assert tab.locator(".findings details[open]").count() == 1


def test_on_a_phone_a_finding_is_a_card_as_wide_as_the_screen(tab: Any) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    boxes = [row.locator("td").last.bounding_box() for row in tab.locator(".findings tbody tr:visible").all()]
    assert boxes
    assert all(box["width"] > 300 for box in boxes)
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    assert not tab.locator(".findings thead").is_visible()
    tab.locator(".filters").evaluate("one => one.scrollIntoView()")
    tab.evaluate("scrollBy(0, 1500)")
    assert tab.locator(".filters").bounding_box()["y"] < -1000  # it does not stay and hide what is below


def test_it_prints_on_a4_and_briefly(tab: Any, demo: ReportDocument) -> None:
    tab.emulate_media(media="print")
    assert not tab.locator(".filters").is_visible()
    assert not tab.locator("nav").is_visible()
    pdf = tab.pdf(prefer_css_page_size=True)
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert box is not None
    assert [round(float(size) / 72 * 25.4) for size in box.groups()] == [210, 297]
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) < len(demo.findings)


def test_the_page_uses_its_own_font_where_the_machine_has_none(tab: Any) -> None:
    assert tab.evaluate("document.fonts.ready.then(() => [...document.fonts].map(face => face.family).includes('Zeren Sans SC') || "
                        "[...document.fonts].some(face => face.family.includes('Zeren')))")
