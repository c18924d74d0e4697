"""Old and short names of departments → their present function (安监局 → 应急管理)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import zeren.rules
from zeren.models.nodes import Node
from zeren.models.vocabulary import VOCABULARIES
from zeren.models.yaml_text import read

TABLE = "tables/部门别名.yaml"
#: Words that also occur in names of units that have another function.
_COMMON = frozenset({"综合", "组织", "宣传"})
_ENDINGS = ("局", "部门", "委", "厅")
_NAME_KEYS = ("alias", "unit_name", "now", "name")


@cache
def aliases() -> Mapping[str, str]:
    """Return every known department name → function; the functions' own names are among them.

    Raises:
        InputError: the table of the pack is damaged.
    """
    known = {word: word for word in VOCABULARIES["function"] if word not in _COMMON}
    known |= {"组织部": "组织", "宣传部": "宣传"}
    path = Path(str(zeren.rules.__file__)).parent / TABLE
    if not path.exists():
        return known
    for row in _rows(path):
        function = row.fields.get("function")
        if function is None or function.text not in VOCABULARIES["function"]:
            continue
        for key in _NAME_KEYS:
            named = row.fields.get(key)
            for node in (named, *named.items) if named is not None else ():
                if node.text:
                    known[node.text] = function.text
    return known


@cache
def doubtful() -> frozenset[str]:
    """Return the names that may stand for more than one function; what is inferred from them needs a look."""
    path = Path(str(zeren.rules.__file__)).parent / TABLE
    rows = _rows(path) if path.exists() else ()
    return frozenset(
        row.fields["alias"].text or ""
        for row in rows
        if "alias" in row.fields and "confidence" in row.fields and row.fields["confidence"].text == "存疑"
    )


def _rows(path: Path) -> tuple[Node, ...]:
    rows = read(path).fields.get("rows")
    return rows.items if rows is not None else ()


def function_named(word: str) -> str | None:
    """Return the function that ``word`` is an old or short name of (安监局, 安监 → 应急管理); nothing if unsure."""
    known = aliases()
    if word in known:
        return known[word]
    for ending in _ENDINGS:
        if word + ending in known:
            return known[word + ending]
    longer = {function for alias, function in known.items() if alias.startswith(word)} if len(word) > 1 else set()
    return longer.pop() if len(longer) == 1 else None


def function_of(name: str) -> tuple[str, str] | None:
    """Return the function of a department called ``name``, and the known name that decides: the longest contained."""
    known = aliases()
    inside = [alias for alias in known if alias in name]
    if not inside:
        return None
    alias = max(inside, key=lambda one: (len(one), one))
    return known[alias], alias
