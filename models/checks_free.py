"""Columns in which an id or plain words may stand: where an id was meant and misspelt, nothing would be joined and nobody would notice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final, Protocol

from zeren.models.problems import Problems
from zeren.models.relations import RELATIONS
from zeren.models.rows import Draft, index_of
from zeren.models.vocabulary import STATED_ABSENT

_THINGS: Final = ("unit", "post", "site", "territory", "industry", "hazard", "incident", "document", "record", "link", "inquiry")
_PAPERS: Final = ("hazard", "incident", "record", "document", "link", "inquiry", "unit", "post")
#: (relation, column) → the relations whose ids may stand there beside plain words, and how alike a word must be to be taken for a slip.
_FREE: Final[Mapping[tuple[str, str], tuple[tuple[str, ...], float]]] = {
    ("record", "object"): (_THINGS, 0.75), ("finding", "object"): (_THINGS, 0.75), ("waiver", "per"): (_THINGS, 0.75),
    ("record", "ref"): (_PAPERS, 0.65), ("link", "ref"): (_PAPERS, 0.65), ("document", "ref"): (_PAPERS, 0.65), ("sanction", "ref"): (_PAPERS, 0.65),
}
#: A search among thousands of ids is slow: so many different words are looked at.
_SEARCHES: Final = 60
#: The number of an official paper, of which most are not in the files.
_PAPER_NUMBER: Final = re.compile(r"[〔\[(（【]\s*\d{4}\s*[〕\])）】]")
#: What tells things of one kind apart: 一号厂房 is no slip of 二号厂房.
_TELLING: Final = re.compile(r"[0-9A-Za-z一二三四五六七八九十甲乙丙丁东南西北中上下左右前后内外新老]")
_IDLE: Final = re.compile(r"[\W_]+")
_ZEROS: Final = re.compile(r"(?<!\d)0+(?=\d)")


class Ids(Protocol):
    """The ids that are defined, as the checks hold them."""

    def resolve(self, word: str, relations: Sequence[str]) -> str | None:
        """The id that a word refers to."""

    def named(self, word: str, relations: Sequence[str]) -> str | None:
        """The id whose display name is a word."""

    def alike(self, word: str, relations: Sequence[str]) -> list[str]:
        """The ids that share most letters with a word, the most alike first."""


def remarks(rows: Mapping[str, Sequence[Draft]], ids: Ids, problems: Problems) -> None:
    """Remark on each word that names nothing and yet is near to an id."""
    hints: dict[tuple[str, str, str], str] = {}
    for (relation, column), (relations, alike) in _FREE.items():
        at = index_of(relation, column)
        for draft in rows.get(relation, ()):
            word = draft.values[at]
            if not isinstance(word, str) or word == STATED_ABSENT or ids.resolve(word, relations) is not None:
                continue
            key = (relation, column, word)
            if key not in hints and len(hints) < _SEARCHES:
                hints[key] = _hint(word, relations, ids, alike, exact=column != "ref")
            if hint := hints.get(key):
                what = f"{RELATIONS[relation].label}的 {column} “{word}”"
                problems.warn(draft.places.get(at, draft.place), "ORG-023", f"{what}没有定义，只当文字，不与任何事项联系", hint)


def _hint(word: str, relations: Sequence[str], ids: Ids, alike: float, exact: bool) -> str:
    """How to mend a word that is meant as an id; empty where it need not be one."""
    own = ids.named(word, relations)
    if own is not None:
        return f"这是“{own}”的名称；引用要写 id：{own}"
    own = next((one for one in ids.alike(word, relations) if _slip(word, one, alike, exact)), None)
    return f"最接近的是“{own}”；是笔误就改成它，确是别的就不用改" if own is not None else ""


def _slip(word: str, own: str, alike: float, exact: bool) -> bool:
    """Whether a word looks like a slip of an id; where it should be ``exact``, not if only numbers tell them apart."""
    if _folded(word) == _folded(own):
        return True
    if _PAPER_NUMBER.search(word) or (exact and _TELLING.sub("", word) == _TELLING.sub("", own)):
        return False
    return SequenceMatcher(None, word, own).ratio() >= alike


def _folded(text: str) -> str:
    """A text without what people write one way or the other: width, case, blanks, dashes, brackets, zeros in front."""
    return _ZEROS.sub("", _IDLE.sub("", unicodedata.normalize("NFKC", text).casefold()))
