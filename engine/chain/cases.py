"""Published cases as organisations: the importer that scenarios, tests and ``zeren scenario score`` share.

The organisation rests on the units, relations, problems, industry, place, date and titles of a case file only
(``case_reading.View``); what was published as the outcome stays in ``Case.truth`` and is read by the score alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zeren.engine.chain.case_distractors import add_distractors
from zeren.engine.chain.case_organisation import INCIDENT, file_of, sketch_of
from zeren.engine.chain.case_reading import Truth, View, read_case
from zeren.engine.chain.case_sketch import Made
from zeren.engine.chain.case_words import Words
from zeren.engine.pack import Pack
from zeren.models.organisation import Organisation, build
from zeren.models.yaml_text import parse


@dataclass(frozen=True, slots=True)
class Case:
    """One published accident: the organisation built around it, the posts in it, and what was published.

    ``file`` is the organisation file; ``underivable`` are published posts that only an unstated personal link explains,
    with the reason; ``notes`` say which words were not known and what was assumed.
    """

    title: str
    slug: str
    view: View
    truth: Truth
    organisation: Organisation
    incident: str
    made: tuple[Made, ...]
    underivable: dict[str, str]
    notes: tuple[str, ...]
    file: dict[str, Any]


def import_case(path: Path, pack: Pack | None = None) -> Case:
    """Read a case file and build the organisation around it, distractors included.

    Raises:
        InputError: the file is not a case; all problems with their places.
    """
    pack = pack or Pack()
    view, truth, title = read_case(path)
    words = Words(pack)
    sketch, places = sketch_of(view, words)
    add_distractors(view, sketch, places, words, pack)
    file = file_of(view, sketch, places, words, _least_deaths(pack))
    organisation = build(parse(json.dumps(file, ensure_ascii=False, indent=1), path.name))
    return Case(title, view.slug, view, truth, organisation, INCIDENT, tuple(sketch.made), dict(sorted(sketch.underivable.items())),
                tuple(sketch.notes), file)


def _least_deaths(pack: Pack) -> dict[str, int]:
    """Grade → the fewest deaths that give it, for pages that print the grade and no figure."""
    names = pack.table("事故等级").relation.names
    at = {name: names.index(name) for name in ("grade", "alias", "criterion", "min", "regime")}
    return {
        str(fact.values[at["grade"]]): int(str(fact.values[at["min"]])) for fact in pack.table("事故等级").facts
        if fact.values[at["criterion"]] == "死亡" and fact.values[at["regime"]] == "一般规定" and fact.values[at["min"]] is not None
    }
