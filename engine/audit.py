"""Check an organisation: choose the rules, evaluate them, keep what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from zeren.engine.evaluate import Evaluation, evaluate, with_foundations
from zeren.engine.instances import Instance
from zeren.engine.language.plan import Plan
from zeren.engine.pack import Pack, matching
from zeren.engine.report import Report
from zeren.models.moments import year_start
from zeren.models.organisation import Organisation
from zeren.models.problems import UsageError, nearest


def audit(org: Organisation, pack: Pack, on: int, only: Sequence[str] = (), skip: Sequence[str] = (), focus: str | None = None,
          engine: str = "auto", progress: Callable[[Plan], None] | None = None) -> Report:
    """Check ``org`` by the rules of ``pack`` at the moment ``on`` and return the report.

    Args:
        org: the organisation; ``pack``: the rules under a profile; ``on``: the audit moment in seconds.
        only: rule ids or prefixes to report (all by default); ``skip``: those to leave out.
        focus: a unit or post; only what concerns it is reported.
        engine: see :func:`zeren.engine.evaluate.evaluate`.
        progress: called before each rule.

    Raises:
        UsageError: an id does not exist. RuleError: a rule cannot be used.
    """
    wanted = chosen(pack, only, skip)
    # Attribution rules speak only after an accident; nothing builds on them.
    plans = [plan for plan in with_foundations(pack, wanted) if plan.rule.layer is None]
    since = org.since if org.since is not None else year_start(on)
    found = evaluate(org.facts, pack, plans, on, since, engine, progress)
    if focus is not None:
        known(org, focus)
    keep = frozenset(
        at for at, one in enumerate(found.instances)
        if one.rule_id in wanted and (focus is None or concerns(one, focus, found))
    )
    return Report(org.name, found, org.labels, pack.profile, since, org.warnings, keep)


def chosen(pack: Pack, only: Sequence[str], skip: Sequence[str]) -> frozenset[str]:
    """The rule ids to report. Raises UsageError where a word matches no rule."""
    ids = matching(pack.rule_files, only) if only else list(pack.duties)
    return frozenset(ids) - frozenset(matching(pack.rule_files, skip) if skip else ())


def known(org: Organisation, id: str) -> str:
    """Return ``id`` if a unit or post has it. Raises UsageError with the nearest one otherwise."""
    ids = {str(fact.values[0]) for relation in ("unit", "post") for fact in org.facts.of(relation)}
    if id not in ids:
        near = nearest(id, ids)
        raise UsageError.of("USE-对象", f"组织中没有单位或岗位“{id}”" + (f"，{near}" if near else ""))
    return id


def concerns(one: Instance, focus: str, found: Evaluation) -> bool:
    """Whether an instance concerns a unit or post: as bearer, as answerable post, in its key, or as unit of the bearer."""
    context = found.context
    if focus in {str(value) for value in one.key} or context.ledgers.unit(one.bearer) == focus:
        return True
    posts = context.posts
    if focus in posts.units and one.bearer not in posts.units:
        return focus in posts.answerable(one.bearer, tuple(str(value) for value in one.per if isinstance(value, str)))
    return False
