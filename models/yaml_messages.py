"""Syntax errors of the YAML parser in plain Chinese, with the usual cause and how to mend it."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

#: A piece of the parser's message → what it means and how to mend it; the first that occurs counts.
_WORDS: Final[tuple[tuple[str, str, str], ...]] = (
    (r"found character '\t'", "用了制表符（Tab）缩进", "改用空格缩进，每层两个空格"),
    ("found a tab character", "用了制表符（Tab）缩进", "改用空格缩进，每层两个空格"),
    ("found character that cannot start any token", "这里的字符不能作为值的开头（制表符、@、`、% 等）", "缩进改用空格；值以这些字符开头时加引号"),
    ("mapping values are not allowed", "这里不能再出现“键: 值”", "与上一行对齐：同一层的键左边空格一样多；值里含有“: ”时加引号"),
    ("could not find expected ':'", "缺少冒号", "写成“键: 值”，冒号用英文冒号，后面空一格"),
    ("did not find expected ',' or ']'", "方括号没有配对，或缺少逗号", "补上 ] 或英文逗号"),
    ("did not find expected ',' or '}'", "花括号没有配对，或缺少逗号", "补上 } 或英文逗号"),
    ("expected ',' or ']'", "方括号没有配对，或缺少逗号", "补上 ] 或英文逗号"),
    ("expected ',' or '}'", "花括号没有配对，或缺少逗号", "补上 } 或英文逗号"),
    ("did not find expected '-'", "列表中的这一行缩进不对，或缺少“- ”", "与上一项的“- ”对齐"),
    ("block sequence entries are not allowed", "这里不能开始列表", "列表另起一行，缩进在键之下"),
    ("did not find expected key", "缩进不对，或缺少“键:”", "与同一层的其他键对齐；引号、括号要配对"),
    ("expected <block end>", "缩进不对，或缺少“键:”", "与同一层的其他键对齐"),
    ("found unexpected end of stream", "引号没有配对，到文件末尾也没有结束", "补上引号"),
    ("did not find expected node content", "这里缺少值", "补上值，或删去多余的逗号、括号"),
    ("did not find expected <document start>", "文档结构不完整：顶层只能是一个映射", "检查缩进"),
    ("unknown escape character", "双引号内有不认识的转义（\\ 加字符）", "改用单引号，或把 \\ 写成 \\\\"),
    ("did not find expected hexdecimal number", "双引号内的转义不完整", "改用单引号，或把 \\ 写成 \\\\"),
    ("invalid Unicode character escape", "双引号内的转义不是有效字符", "直接写出该字符"),
    ("undefined tag", "不接受标签（! 开头）", "文字以 ! 开头时加引号"),
    ("alphabetic or numeric character", "& 或 * 开头的文字会被当作锚点或别名", "加引号"),
    ("nesting level", "嵌套过深", "减少嵌套"),
)


#: Here the fault is where the text in question begins; the parser sees it only later.
_BEGUN: Final = ("could not find expected ':'", "found unexpected end of stream")
#: A full-width colon after what looks like a key; a colon after a key with nothing between it and the value.
_WIDE_COLON: Final = re.compile(r"[^:：]*\w：")
_TIGHT_COLON: Final = re.compile(r" *(?:- )*\w+:(?=[^\s:])")


def explain(error: yaml.YAMLError, text: str) -> tuple[str, str, int, int]:
    """Return message, hint, line and column (1-based) of a syntax error."""
    raw = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "")
    opened: Any = getattr(error, "context_mark", None)
    mark: Any = getattr(error, "problem_mark", None) or opened
    if opened is not None and any(piece in raw for piece in _BEGUN):
        mark = opened
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    lines = text.splitlines()
    if "mapping values are not allowed" in raw and 0 < line <= len(lines) and _bad_colon(lines[line - 1]):
        line -= 1  # the line above was read as plain text, which this one seems to continue
    here = lines[line] if line < len(lines) else ""
    message, hint = _translate(raw)
    if re.match(r" *\t", here):
        message, hint = _WORDS[0][1:]
    elif (bad := _bad_colon(here)) is not None:
        message, column = "键和值没有分开", bad
        hint = "写成“键: 值”；" + ("这里是全角冒号“：”，要用英文冒号加空格“: ”" if here[bad] == "：" else "这个冒号后面没有空格")
    elif "，" in here and "逗号" in hint:
        hint += "；这一行有全角逗号“，”，要改成英文逗号“,”"
    if opened is not None and opened.line != line:
        message += f"（所在的结构从第 {opened.line + 1} 行开始）"
    return message, hint, line + 1, column + 1


def _bad_colon(line: str) -> int | None:
    """Where a line has a colon that does not part key and value, although it was to."""
    found = _WIDE_COLON.match(line) or _TIGHT_COLON.match(line)
    return None if found is None else found.end() - 1


def _translate(raw: str) -> tuple[str, str]:
    for piece, message, hint in _WORDS:
        if piece in raw:
            return message, hint
    return f"YAML 写法有误（{raw or '无法解析'}）", "检查缩进、冒号、括号和引号"
