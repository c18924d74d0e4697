"""The posts of a case: what the titles say, and the heads that a list leaves out because they were not its subject."""

from __future__ import annotations

import re
from typing import Final

from zeren.engine.chain.case_reading import PostView, View
from zeren.engine.chain.case_sketch import Entry, Origin, Sketch, Unit
from zeren.engine.chain.case_titles import (
    CONCERNED,
    DEPUTY,
    HEAD,
    OFFICE,
    PARTY_HEAD,
    SECTION,
    STAFF,
    Title,
    read_title,
)
from zeren.engine.chain.case_words import Words, bare
from zeren.models.moments import DAY, format_moment

GOVERNMENT_HEAD: Final = "政府正职"
_HEADS: Final = (HEAD, GOVERNMENT_HEAD, PARTY_HEAD, "村书记", "村主任")
#: A deputy whose title names no office of the government sits in the party committee.
_IN_GOVERNMENT: Final = re.compile(r"副[省市州盟县区旗镇乡]长|副主任|助理|政府|管委会|领导|负责人|副专员|副主席")
_IN_PARTY: Final = re.compile(r"党|委|书记|武装|纪")
#: The head of a side of a place by level, for heads that the list does not name.
_CALLED: Final = {"省级": "省长", "市级": "市长", "县级": "县长", "乡级": "镇长", "功能区": "主任", "村级": "主任"}


def add_posts(view: View, sketch: Sketch, words: Words) -> None:
    """Add every published post by its title, then the heads that are missing."""
    units = {unit.id: unit for unit in view.units}
    read = {}
    for post in view.posts:
        unit = units[post.unit]
        made = sketch.first(unit.id)
        if made is not None:
            read[post.id] = title = read_title(post.title, made.side, unit.name, words)
            if not title.known:
                sketch.notes.append(f"职务“{post.title}”不认识，按{title.role}处理")
    for post in view.posts:
        if post.id in read:
            same = [read[other.id] for other in view.posts if other.id in read and other.unit == post.unit]
            _published(post, read[post.id], same, sketch, words)
    for own in list(sketch.units):
        _head(sketch.units[own], sketch)


def _published(post: PostView, title: Title, same: list[Title], sketch: Sketch, words: Words) -> None:
    unit = _seat(post, title, sketch)
    if title.rank == OFFICE and unit.side == "属地" and not title.personal:
        unit = _office(post, title, unit, sketch, words)
    # A former holder beside a present one left within the look-back; alone he is the holder of that time.
    left = title.former and any(other.rank == title.rank and not other.former for other in same)
    until = format_moment(sketch.event - 90 * DAY) if left else ""
    portfolio = portfolio_of(title, unit.side in ("企业", "中介"), sketch, words) or _told_by_name(title, unit, sketch, words)
    if title.rank == DEPUTY and not portfolio:
        unit.open_deputy = True
    for _ in range(min(title.count, 30)):
        own = sketch.post(unit, post.title, title.role, title.rank, Origin.PUBLISHED, case_post=post.id, mode=title.mode,
                          portfolio=portfolio, until=until)
        if title.personal and unit.side != "村居":
            _personal(own, title.personal, unit, sketch)


def _seat(post: PostView, title: Title, sketch: Sketch) -> Unit:
    made = [sketch.units[own] for own in sketch.of_case[post.unit]]
    section = next((unit for unit in made[1:] if unit.entry["kind"] == "内设机构"), None)
    if section is not None:
        return section if title.rank in (SECTION, STAFF) else made[0]
    party = next((unit for unit in made if unit.entry["kind"] == "党委"), None)
    plain = title.text.split("(")[0]
    in_party = title.rank == PARTY_HEAD or (
        title.rank == DEPUTY and not _IN_GOVERNMENT.search(plain) and bool(_IN_PARTY.search(plain)))
    return party if party is not None and in_party else made[0]


def _office(post: PostView, title: Title, seat: Unit, sketch: Sketch, words: Words) -> Unit:
    """The office of a township that a title names, with the duty that its name says; without one the post is set aside."""
    place = str(seat.entry["territory"])
    name = title.section
    if not name and _told_by_name(title, seat, sketch, words):
        return seat
    if not name:
        sketch.underivable[post.id] = "职务没有写明分管、站所或者联系的对象"
        return seat
    own = place + re.sub(r"^[镇乡街道区县市]", "", name)
    if own in sketch.units:
        return sketch.units[own]
    function = words.function(name)
    office = sketch.unit(own, "站所", side="部门", level=str(seat.entry.get("level", "")), territory=place, function=function,
                         superior=[{"unit": seat.id, "kind": "内设"}])
    office.case = post.unit
    usual = words.functions(sketch.industries)
    if words.has("事项", name):
        sketch.add(office, "mandates", {"kind": "综合监管"})
    elif function in usual or words.trades(name) & set(sketch.industries):
        sketch.add(office, "mandates", {"kind": usual.get(function, "行业主管"), "industry": list(sketch.industries)})
    else:
        sketch.underivable[post.id] = f"“{name}”的职能与事故行业没有联系，只能由未载的个人联系解释"
    return office


def portfolio_of(title: Title, firm: bool, sketch: Sketch, words: Words) -> list[Entry]:
    """What a title says to be in charge of; the leader in charge, without a word of what, has the matter in question."""
    found: list[Entry] = []
    for charge in title.portfolio:
        for entry in _charge(charge, firm, sketch, words):
            if entry not in found:
                found.append(entry)
    return found


def _told_by_name(title: Title, unit: Unit, sketch: Sketch, words: Words) -> list[Entry]:
    """What the title of a section of a firm, or of a hand of a township, says that it looks after: safety, or the trade."""
    firm = unit.side in ("企业", "中介")
    if title.portfolio or title.rank != ("部门" if firm else OFFICE) or (title.section and not firm):
        return []
    plain = bare(title.text)[0]
    if words.has("事项", plain) or "安监" in plain:
        return [{"kind": "事项", "subject": "安全生产"}]
    if words.trades(plain) & set(sketch.industries) or (firm and words.has("企业分管", plain)):
        return [{"kind": "行业", "subject": sketch.industries[0]}]
    return []


def _charge(charge: str, firm: bool, sketch: Sketch, words: Words) -> list[Entry]:
    """Safety as such; else the trades: named themselves, by the wide field they belong to, or by their department.

    In a firm, who is in charge of production or equipment is in charge of its trade (管生产经营必须管安全).
    """
    if charge == CONCERNED:
        return [{"kind": "行业", "subject": sketch.industries[0]}]
    if words.has("事项", charge):
        return [{"kind": "事项", "subject": "安全生产"}]
    trades = words.trades(charge)
    if words.function(charge) in words.functions(sketch.industries) or (firm and words.has("企业分管", charge)):
        trades.add(sketch.industries[0])
    return [{"kind": "行业", "subject": trade} for trade in sorted(trades)] or [{"kind": "事项", "subject": charge}]


def _personal(post: str, care: str, unit: Unit, sketch: Sketch) -> None:
    """A post that has one place or firm in its own care: the link, and two peers with the same kind of link elsewhere."""
    villages = [one.id for one in sketch.units.values() if one.side == "村居" and one.case]
    firms = [str(part["subject"]) for part in sketch.parts if part["part"] == "经营"]
    for target in ((firms or villages) if care == "企业" else (villages or firms))[:1]:
        _assigned(post, unit, target, sketch)
    title, role = next((one["title"], one["role"]) for one in unit.entry["posts"] if one["id"] == post)
    place = str(unit.entry["territory"])
    for number in ("二", "三"):
        other = f"{place}第{number}邻村" if care == "村居" else f"{place}第{number}家企业"
        if other not in sketch.units:
            more = {"level": "村级", "superior": [{"unit": unit.id, "kind": "领导"}]} if care == "村居" else {"territory": place}
            sketch.unit(other, care, **more)
        peer = sketch.post(unit, f"{title}（{other}）", role, OFFICE, Origin.DISTRACTOR, reason="联系的是别处",
                           portfolio=[{"kind": "单位", "subject": other}])
        _assigned(peer, unit, other, sketch)


def _assigned(post: str, unit: Unit, target: str, sketch: Sketch) -> None:
    sketch.links.append({"id": f"包保驻点-{len(sketch.links) + 1}", "kind": "包保驻点", "source": unit.id, "target": target, "actor": post})


def _head(unit: Unit, sketch: Sketch) -> None:
    """A unit has a head, though the list may not name him: he may truly answer, so he counts neither way."""
    roles = {(one.rank, one.origin) for one in sketch.made if one.unit == unit.id}
    if any(rank in _HEADS for rank, _ in roles) or unit.entry["kind"] in ("自然人",):
        return
    kind, level = unit.entry["kind"], str(unit.entry.get("level", ""))
    if unit.side == "村居":
        sketch.post(unit, "书记", "村书记", "村书记", Origin.NEUTRAL)
    elif kind == "党委":
        sketch.post(unit, "书记", "主要负责人", PARTY_HEAD, Origin.NEUTRAL)
    elif unit.side == "属地":
        sketch.post(unit, _CALLED.get(level, "主要负责人"), "主要负责人", GOVERNMENT_HEAD, Origin.NEUTRAL)
    elif unit.side:
        sketch.post(unit, "负责人", "主要负责人", HEAD, Origin.NEUTRAL)
