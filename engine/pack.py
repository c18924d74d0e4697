"""The rule pack: rules by mechanism, tables, parameters with profiles, measures, and what they rest on.

Files are read when something asks for them, so that a check pays only for what it uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from zeren.engine.bases import Bases
from zeren.engine.language.plan import Plan, plan
from zeren.engine.language.read import read_rule
from zeren.engine.language.rule import Rule
from zeren.engine.measures import Measure, read_measures
from zeren.engine.parameters import Parameter, chosen_values, read_parameters, read_profile
from zeren.engine.tables import Table, read_table
from zeren.models.facts import Fact, Facts
from zeren.models.nodes import Node
from zeren.models.problems import InputError, Place, Problems, RuleError, UsageError, choices, nearest
from zeren.models.relations import RELATIONS, Relation
from zeren.models.yaml_text import parse, read_text

DEFAULT_PROFILE: Final = "默认"
_NOT_MECHANISMS: Final = ("tables", "profiles", "basis", "__pycache__")


def builtin() -> Path:
    """The folder of the rules that zeren ships."""
    return Path(str(files("zeren.rules")))


def shown(path: Path) -> str:
    """How a rule file is named in messages: shipped files from ``rules/`` on, others as given."""
    home = builtin()
    return str(Path("rules") / path.relative_to(home)) if path.is_relative_to(home) else str(path)


def _parsed(path: Path) -> Node:
    return parse(read_text(path), shown(path))


class Pack(Mapping[str, Relation]):
    """The rules of some folders under one profile. As a mapping it is the catalogue of all relations by name.

    Args:
        folders: folders with rules, later ones add to the shipped rules (an equal id is an error).
        profile: the name of the set of parameter values, or nothing for the default.

    Raises:
        RuleError: a rule, table, measure or profile cannot be used; all problems at once.
        UsageError: the profile does not exist.
    """

    def __init__(self, folders: Sequence[Path] = (), profile: str | None = None) -> None:
        self.folders = (builtin(), *folders)
        self.profile = profile or DEFAULT_PROFILE
        self._tables: dict[str, Table] = {}
        self._texts: dict[Path, str] = {}
        #: What others worked out from the rules, by a name of theirs; kept as long as the pack.
        self.memo: dict[str, Any] = {}

    # -- the catalogue of relations ---------------------------------------------------------------------------

    def __getitem__(self, name: str) -> Relation:
        if name in RELATIONS:
            return RELATIONS[name]
        kind, _, rest = name.partition(".")
        if kind == "table" and rest in self.table_files:
            return self.table(rest).relation
        if kind == "param" and rest in self.parameters:
            return self.parameters[rest].relation
        if kind == "measure" and rest in self.measures:
            return self.measures[rest].relation
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        yield from RELATIONS
        yield from (f"table.{name}" for name in self.table_files)
        yield from (f"param.{name}" for name in self.parameters)
        yield from (f"measure.{name}" for name in self.measures)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    # -- rules ------------------------------------------------------------------------------------------------

    @cached_property
    def rule_files(self) -> dict[str, Path]:
        """Every rule file by rule id (its stem), in the order of ids."""
        found: dict[str, Path] = {}
        problems = Problems()
        for folder in self.folders:
            for path in sorted(folder.glob("*/*.yaml")):
                if path.parent.name in _NOT_MECHANISMS:
                    continue
                if path.stem in found:
                    problems.add(Place(str(path)), "RULE-重号", f"规则编号 {path.stem} 已在 {found[path.stem]} 使用", "换一个编号")
                found.setdefault(path.stem, path)
        problems.raise_if_any(RuleError)
        return dict(sorted(found.items()))

    @cached_property
    def duties(self) -> tuple[str, ...]:
        """The rules that a check reports: all but the attribution rules, which have a layer and serve ``trace``."""
        return tuple(id for id, path in self.rule_files.items() if "\nlayer:" not in self._text(path))

    def plans(self, ids: Iterable[str] | None = None) -> list[Plan]:
        """Read and compile rules (all of them by default), in the order of ids."""
        problems = Problems()
        plans = [self.plan(id, problems) for id in (self.rule_files if ids is None else ids)]
        problems.raise_if_any(RuleError)
        return [one for one in plans if one is not None]

    @cached_property
    def ready(self) -> tuple[Plan, ...]:
        """All rules, read once; for what asks again and again, such as the chains of many accidents."""
        return tuple(self.plans())

    def plan(self, id: str, problems: Problems, whole: bool = False) -> Plan | None:
        """Read and compile one rule; with ``whole`` its examples are read too."""
        try:
            rule = self.read(self.rule_files[id], problems, whole)
        except InputError as error:
            problems.items.extend(error.problems)
            return None
        return plan(rule, self, problems) if rule is not None else None

    def read(self, path: Path, problems: Problems, whole: bool = False) -> Rule | None:
        """Read one rule file. The examples stand last, so that a check need not parse them."""
        text = self._text(path)
        node = parse(text if whole else text.split("\nexamples:", 1)[0], shown(path))
        rule = read_rule(node, self, problems)
        if rule is not None and rule.id != path.stem:
            problems.add(node.place, "RULE-文件名", f"规则编号 {rule.id} 与文件名 {path.stem} 不同", "两者要一致")
        return rule

    def _text(self, path: Path) -> str:
        if path not in self._texts:
            self._texts[path] = read_text(path)
        return self._texts[path]

    def find(self, id: str) -> str:
        """Return the rule id, or raise with the nearest one.

        Raises:
            UsageError: there is no such rule.
        """
        if id in self.rule_files:
            return id
        raise UsageError.of("USE-规则", f"没有规则“{id}”" + (f"，{near}" if (near := nearest(id, self.rule_files)) else ""),
                            "zeren rules list 列出全部规则")

    @cached_property
    def bases(self) -> Bases:
        """What the rules and tables rest on, read once."""
        return Bases(self.folders)

    # -- tables, parameters, measures -------------------------------------------------------------------------

    @cached_property
    def table_files(self) -> dict[str, Path]:
        """Every table file by name; a later folder replaces an earlier one."""
        return {path.stem: path for folder in self.folders for path in sorted(folder.glob("tables/*.yaml"))}

    def table(self, name: str) -> Table:
        """Read a table once."""
        if name not in self._tables:
            self._tables[name] = read_table(_parsed(self.table_files[name]))
        return self._tables[name]

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The declared parameters by name, with the values of the profile."""
        declared: dict[str, Parameter] = {}
        for folder in self.folders:
            if (path := folder / "parameters.yaml").exists():
                declared |= read_parameters(_parsed(path))
        return chosen_values(declared, self._profile_chain())

    def _profile_chain(self) -> list[Node]:
        """The profile and those it extends, the most general first."""
        known = self.profiles
        chain: list[Node] = []
        name: str | None = self.profile
        while name is not None and name not in {node.fields["profile"].text for node in chain}:
            if name not in known:
                near = nearest(name, known)
                raise UsageError.of("USE-方案", f"没有参数方案“{name}”" + (f"，{near}" if near else ""), f"可用：{choices(known)}")
            node, name = read_profile(known[name])
            chain.insert(0, node)
        return chain

    @cached_property
    def profiles(self) -> dict[str, Path]:
        """The profile files by name."""
        return {path.stem: path for folder in self.folders for path in sorted(folder.glob("profiles/*.yaml"))}

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """The declared measures by name."""
        problems, found = Problems(), dict[str, Measure]()
        for folder in self.folders:
            if (path := folder / "measures.yaml").exists():
                read_measures(_parsed(path), self, problems, found)
        problems.raise_if_any(RuleError)
        return found

    def looked_up(self, relations: Iterable[str]) -> Iterator[Fact]:
        """Yield the facts of the tables and parameters among ``relations``."""
        for name in relations:
            kind, _, rest = name.partition(".")
            if kind == "table":
                yield from self.table(rest).facts
            elif kind == "param":
                yield from self.parameters[rest].facts

    def with_profile(self, profile: str | None) -> Pack:
        """The same folders under another profile; each is made once."""
        if profile in (None, self.profile):
            return self
        packs: dict[str, Pack] = self.memo.setdefault("profiles", {})
        return packs.setdefault(str(profile), packs.get(str(profile)) or Pack(self.folders[1:], profile))


def shipped(facts: Facts) -> Pack:
    """The rules that zeren ships, read once for an organisation and kept with its facts for the next question."""
    return facts.kept("shipped rules", lambda _: Pack())


def matching(ids: Iterable[str], wanted: Sequence[str]) -> list[str]:
    """The ids that equal or begin with one of ``wanted`` (ids or mechanism prefixes such as ``AWH``).

    Raises:
        UsageError: something wanted matches no rule.
    """
    known = list(ids)
    for word in wanted:
        if not any(id.startswith(word) for id in known):
            near = nearest(word, known)
            raise UsageError.of("USE-规则", f"没有规则“{word}”" + (f"，{near}" if near else ""), "zeren rules list 列出全部规则")
    return [id for id in known if any(id.startswith(word) for word in wanted)]

