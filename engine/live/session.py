"""A live session: events come one at a time, and each tells what it changed (design §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from zeren.engine.audit import audit, chosen
from zeren.engine.evaluate import with_foundations
from zeren.engine.instances import Instance
from zeren.engine.language.plan import Plan
from zeren.engine.live.book import Book
from zeren.engine.live.changes import Change, Reason, reason, sentence
from zeren.engine.live.events import Event, checked, leap, node_of, read_event
from zeren.engine.live.network import Network
from zeren.engine.outcome import Outcome
from zeren.engine.pack import Pack
from zeren.engine.report import Report
from zeren.engine.words import Words
from zeren.models.facts import Fact, sort_key
from zeren.models.moments import DAY, format_moment, parse_moment, year_start
from zeren.models.nodes import Node
from zeren.models.organisation import Organisation
from zeren.models.problems import InputError, Place, Problem, UsageError
from zeren.models.relations import RELATIONS

_CALLED: Final = Place("调用")
#: Days that no warning reaches.
_LONG: Final = 36_525
_LABELLED: Final = ("industry", "territory", "incident", "hazard", "document", "site", "unit")
Progress = Callable[[Plan], None]


class Session:
    """An organisation under watch. After any sequence of events its instances are those of a fresh check of the facts at that moment.

    Made by :func:`zeren.watch`. Not safe to use from several threads at once; several sessions are independent.

    Args:
        org: the organisation at the beginning; ``pack``: the rules under a profile; ``on``: the first moment, seconds.
        warn: so many days before a due date a pending duty is told as ``warned``; none by default.
        only: rule ids or prefixes to tell of; ``skip``: those to leave out. Rules that these build on run along.
        progress: called before each rule when the beginning is judged.

    Raises:
        UsageError: an id does not exist, or ``warn`` is no number of days. RuleError: a rule cannot be used.
    """

    def __init__(self, org: Organisation, pack: Pack, on: int, warn: float = 0, only: Sequence[str] = (), skip: Sequence[str] = (),
                 progress: Progress | None = None) -> None:
        if not isinstance(warn, int | float) or not 0 <= warn < _LONG:
            raise UsageError.of("USE-时长", f"warn 的 {warn!r} 不是天数", "写一个数，如 10 是期限前十天，0.5 是半天")
        self._org, self._pack, self._on = org, pack, on
        self._warn, self._only, self._skip, self._progress = int(warn * DAY), tuple(only), tuple(skip), progress
        self._labels = dict(org.labels)
        self._formerly = {word: set(units) for word, units in org.formerly.items()}
        self._wanted = chosen(pack, only, skip)
        self._book = Book(org.facts, pack, on)
        self._live: Network | None = None
        self._told: set[tuple[object, ...]] = set()
        self.words = Words(self._labels, pack)
        #: What is worth saying about the last event that happened.
        self.remarks: tuple[Problem, ...] = ()

    # -- events ------------------------------------------------------------------------------------------------

    def post(self, record: Mapping[str, Any] | Fact, at: date | str | None = None) -> tuple[Change, ...]:
        """Something was done: a record with its details, as in an organisation file, and its ``kind``.

        Args:
            record: ``{"kind": "检查", "actor": …, "object": …, "at": …}``.
            at: the moment to which time passes before, if it is later; also the record's own moment where it states none.

        Raises:
            InputError: the record cannot be used. UsageError: ``at`` is no moment, or years ahead. Nothing has changed.
        """
        return self._held((record,), at) if isinstance(record, Fact) else self._written({"record": record}, at)

    def assert_(self, fact: Mapping[str, Any] | Fact | Iterable[Fact], at: date | str | None = None) -> tuple[Change, ...]:
        """Something holds: ``{relation: {column: value}}`` with all that belongs to it, as in an organisation file.

        Of facts of the engine itself only the shape is checked, not what they name. For the errors see :meth:`post`.
        """
        if isinstance(fact, Fact):
            return self._held((fact,), at)
        if isinstance(fact, Iterable) and not isinstance(fact, Mapping | str):
            several = tuple(fact)
            return self._held(several, at) if any(isinstance(one, Fact) for one in several) else self._written({"fact": several}, at)
        return self._written({"fact": fact}, at)

    def retract(self, id: str | Mapping[str, Any] | Fact, at: date | str | None = None) -> tuple[Change, ...]:
        """Something does not hold: the fact with this id and all that cannot stand without it.

        Facts without an id are named as in scenarios: ``{"appointment": {"post": …, "person": …}}``.

        Raises:
            InputError: there is no such fact, or others still name it (a fact of the engine itself goes all the same); nothing has
                changed. UsageError: as for :meth:`post`.
        """
        if isinstance(id, Fact):
            if not self._book.has(id):
                raise InputError([Problem(Place("调用"), "EVT-撤回", f"要撤回的不存在：{id.relation}{id.values}", "核对关系名、取值和列的次序（zeren schema org）")])
            return self.happen(Event(self._moment(at, "start"), (id,)))
        return self._written({"retract": id}, at)

    def advance(self, time: date | str) -> tuple[Change, ...]:
        """Time passes to ``time`` (a bare date: to the end of that day); an earlier moment changes nothing.

        Raises:
            UsageError: ``time`` is no date, or more than ten years ahead: time does not go back, so that a slip would be for ever.
        """
        return self.happen(Event(self._moment(time if time is not None else "", "end")))

    def happen(self, event: Event | Node | Mapping[str, Any]) -> tuple[Change, ...]:
        """Let an event happen, read or as it is written (docs/watch.md); returns what it changed, in the order of rules and keys.

        Raises:
            InputError: a written event cannot be used; nothing has changed.
        """
        if not isinstance(event, Event):
            event = self.read(event if isinstance(event, Node) else node_of(event, _CALLED))
        network, self.remarks = self.network, event.remarks
        out, into = self._take(event)
        moved = network.step(out, into, self._on, self._since)
        changes = [change for before, after, causes in moved if (change := self._change(before, after, tuple(causes))) is not None]
        return tuple(sorted(changes, key=lambda one: (one.rule, sort_key(one.instance.values))))

    def read(self, node: Node) -> Event:
        """Understand a written event and check it against the facts as they are.

        Raises:
            InputError: it cannot be used as it is; all problems with their places.
        """
        return read_event(node, self._book, self._formerly)

    def recall(self, event: Event) -> None:
        """Take in what happened before this session was started, without telling anything. Only before the first event.

        Raises:
            RuntimeError: something was judged already.
        """
        if self._live is not None:
            raise RuntimeError("recall comes before the first event")
        self._take(event)

    # -- what there is -------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """The present moment, seconds."""
        return self._on

    @property
    def pack(self) -> Pack:
        """The rules."""
        return self._pack

    @property
    def organisation(self) -> Organisation:
        """The organisation as it is now, with facts that lie in the future."""
        return Organisation(self._org.name, self._book.facts(), dict(sorted(self._labels.items())), self._on, self._org.since,
                            self._org.profile, self._org.warnings,
                            {word: tuple(sorted(units)) for word, units in sorted(self._formerly.items())})

    @property
    def instances(self) -> tuple[Instance, ...]:
        """Every instance as a check at this moment would judge it, by rule and key."""
        self.network.refresh()
        wanted = (one for one in self.network.instances() if one.rule_id in self._wanted)
        return tuple(sorted(wanted, key=lambda one: (one.rule_id, sort_key(one.values))))

    def counts(self) -> dict[Outcome, int]:
        """How many instances have each outcome."""
        found = [one.outcome for one in self.network.instances() if one.rule_id in self._wanted]
        return {outcome: found.count(outcome) for outcome in Outcome if outcome in found}

    def report(self) -> Report:
        """A whole report of this moment, by a fresh check."""
        return audit(self.organisation, self._pack, self._on, self._only, self._skip)

    def digest(self) -> str:
        """A hash of all that the session knows now: the moment, every instance with outcome and evidence."""
        told = [(one.rule_id, repr(one.values), one.outcome.value, one.due, one.done, [fact.values for fact in one.evidence], one.missing)
                for one in self.instances]
        return sha256(repr((self._on, told)).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def network(self) -> Network:
        """The computation behind; judged when first asked for."""
        if self._live is None:
            plans = [plan for plan in with_foundations(self._pack, self._wanted) if plan.rule.layer is None]
            self._live = Network(self._pack, plans, self._on, self._since, self._warn)
            self._live.start(self._book.seen(), self._progress)
            self._told = {_key(one) for one in self._live.instances() if self._soon(one)}
        return self._live

    # -- inside ----------------------------------------------------------------------------------------------------

    @property
    def _since(self) -> int:
        return self._org.since if self._org.since is not None else year_start(self._on)

    def _moment(self, at: date | str | None, day: str) -> int | None:
        if at is None:
            return None
        text = at.isoformat(" ", "seconds") if isinstance(at, datetime) else str(at)
        try:
            moment = parse_moment(text, day)
        except ValueError as error:
            raise UsageError.of("USE-日期", f"时间：{error}", "写法如 2024-12-31 或 2024-12-31 09:30") from None
        if found := leap(moment, self._on):
            raise UsageError.of("USE-日期", *found)
        return moment

    def _held(self, facts: tuple[object, ...], at: date | str | None) -> tuple[Change, ...]:
        return self.happen(Event(self._moment(at, "start"), (), checked(facts, _CALLED)))

    def _written(self, data: dict[str, Any], at: date | str | None) -> tuple[Change, ...]:
        moment = self._moment(at, "start")
        if moment is not None:
            data["at"] = format_moment(moment)
        return self.happen(node_of(data, _CALLED))

    def _take(self, event: Event) -> tuple[list[Fact], list[Fact]]:
        """Let the facts of an event go and come, and time pass."""
        self._on = max(self._on, event.at if event.at is not None else self._on)
        for word, units in (event.formerly or {}).items():
            self._formerly.setdefault(word, set()).update(units)
        for fact in event.come:
            self._label(fact)
        return self._book.change(event.gone, event.come, self._on)

    def _label(self, fact: Fact) -> None:
        """Note how a new thing is shown."""
        if fact.relation not in (*_LABELLED, "post"):
            return
        row = dict(zip(RELATIONS[fact.relation].names, fact.values, strict=True))
        shown = row["name"]
        if fact.relation == "post" and not shown and row["title"]:
            shown = f"{self._labels.get(str(row['unit']), row['unit'])}{row['title']}"
        if shown and shown != row["id"]:
            self._labels[str(row["id"])] = str(shown)

    def _soon(self, one: Instance | None) -> bool:
        return one is not None and one.outcome is Outcome.PENDING and one.due is not None and one.due - self._on <= self._warn > 0

    def _change(self, before: Instance | None, after: Instance | None, causes: tuple[Fact, ...]) -> Change | None:
        one = after or before
        if one is None or one.rule_id not in self._wanted:
            return None
        why, key = reason(before, after, self._on), _key(one)
        if not self._soon(after):
            self._told.discard(key)
        elif key not in self._told:
            self._told.add(key)
            why = why or Reason.WARNED
        if why is None:
            return None
        told, rule = one.told(), one.plan.rule
        bearer = self.words.value(one.bearer)
        return Change(why, before.outcome if before else None, after.outcome if after else None, self._on, one, causes, bearer,
                      sentence(why, one, bearer, self.words.sentence(rule.message, told)), self.words.sentence(rule.fix, told))


def _key(one: Instance) -> tuple[object, ...]:
    return (one.rule_id, one.key, one.due)
