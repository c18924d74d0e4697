"""SVG after Graphviz: the used part of the fonts embedded, names and titles cleaned; the same picture in any browser."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import Final

from zeren.graphs.diagrams.style import FONT
from zeren.graphs.fonts import BOLD, REGULAR, characters
from zeren.graphs.fonts.subset import woff

#: Bold words with characters that only the Regular has.
_REST: Final = f"{FONT} Rest"
_FAMILIES: Final = f"'{FONT}','{_REST}','Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
_COMMENT: Final = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_TITLE: Final = re.compile(r"<title>[^<]*</title>\s*")
_OWN_ID: Final = re.compile(r' id="(?:graph|clust|node|edge)\d+"')
_TEXT: Final = re.compile(r"<text([^>]*)>([^<]*)</text>")
_ROOT: Final = re.compile(r"<svg[^>]*>")


def finished_all(pages: Sequence[str], titles: Sequence[str]) -> list[str]:
    """Each SVG of Graphviz with embedded fonts and its title; the fonts hold the characters of all ``pages``.

    The only ids are ours (``n-…``), so that pages may stand in one document.
    """
    plain = [_plain(page) for page in pages]
    fonts = faces("".join(plain))
    return [_titled(page, title, fonts) for page, title in zip(plain, titles, strict=True)]


def _plain(svg: str) -> str:
    bare = _OWN_ID.sub("", _TITLE.sub("", _COMMENT.sub("", svg)))
    return bare.replace("&#45;", "-").replace(f'font-family="{FONT}"', f'font-family="{_FAMILIES}"')


def _titled(svg: str, title: str, fonts: str) -> str:
    heading = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ROOT.sub(lambda root: f"{root[0]}\n<title>{heading}</title>\n<style>{fonts}</style>", svg, count=1)


def faces(svg: str) -> str:
    """The ``@font-face`` rules for what an SVG writes."""
    normal, bold = set[str](), set[str]()
    for attributes, words in _TEXT.findall(svg):
        (bold if 'font-weight="bold"' in attributes else normal).update(unescape(words))
    rest = {char for char in bold if ord(char) not in characters(BOLD)}
    wanted = ((FONT, "normal", REGULAR, normal), (FONT, "bold", BOLD, bold - rest), (_REST, "bold", REGULAR, rest))
    return "".join(_face(family, weight, file, used) for family, weight, file, used in wanted if used)


def _face(family: str, weight: str, file: Path, used: set[str]) -> str:
    data = b64encode(woff(file, used)).decode()
    return f"@font-face{{font-family:'{family}';font-weight:{weight};src:url(data:font/woff;base64,{data}) format('woff')}}"
