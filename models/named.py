"""From the words that people write to ids: an id, or a name as it is shown."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from zeren.models.problems import UsageError, choices, nearest

if TYPE_CHECKING:
    from zeren.models.organisation import Organisation


def named(org: Organisation, word: str, relations: Collection[str], what: str) -> str:
    """The id that ``word`` means among the things of some relations.

    Args:
        relations: such as ``("unit", "post")``; their first column is the id.
        what: how such a thing is called in an error.

    Raises:
        UsageError: nothing has this id or name, with the nearest one; or more than one thing has this name.
    """
    ids = {str(fact.values[0]) for relation in relations for fact in org.facts.of(relation)}
    if word in ids:
        return word
    found = sorted(own for own in ids if org.label(own) == word)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError.of("USE-对象", f"叫“{word}”的{what}有 {len(found)} 个：{choices(found)}", f"写{what}编号")
    near = nearest(word, ids | {org.label(own) for own in ids})
    known = f"组织文件里有 {choices(sorted(ids))}" if ids else f"组织文件里没有{what}"
    raise UsageError.of("USE-对象", f"组织中没有{what}“{word}”" + (f"，{near}" if near else ""), known)
