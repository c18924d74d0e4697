"""A fontconfig of our own: only the fonts that ship with zeren, so that no other font changes the picture."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

from zeren.graphs.fonts import FOLDER

_CONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


@contextmanager
def environment(fonts: Path = FOLDER) -> Iterator[dict[str, str]]:
    """The environment of a renderer that sees only ``fonts``; good inside the ``with`` block."""
    with TemporaryDirectory(prefix="zeren-") as folder:
        config = Path(folder, "fonts.conf")
        config.write_text(_CONFIG.format(fonts=escape(str(fonts)), cache=escape(folder)), encoding="utf-8")
        yield {**os.environ, "FONTCONFIG_FILE": str(config), "FONTCONFIG_PATH": folder, "LC_ALL": "C.UTF-8"}
