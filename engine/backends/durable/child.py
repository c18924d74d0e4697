"""What runs outside the process of zeren: this file and durable-rules, nothing else. Started by :mod:`process`.

The launcher imports durable-rules and waits. For every line on standard input, one batch as JSON, it forks a child that runs
the batch and is thrown away: whatever the C code breaks or leaks ends with it. On standard output stand one JSON line per
ruleset, a list of ``[rule, ids…]``, then ``"done"`` or what went wrong, and last how the child ended. A session is one child
that takes further lines.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from typing import Any, TextIO


def limit(seconds: int, memory: int) -> None:
    """Bound what this process may use, no higher than the caller's own bounds; a core file would only be litter."""
    import resource

    for kind, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        known = resource.getrlimit(kind)[1]
        least = most if known == resource.RLIM_INFINITY else min(most, known)
        resource.setrlimit(kind, (least, least))


def quiet() -> Any:
    """A host without the two background threads, which steal work."""
    return type("Quiet", (import_module("durable.engine").Host,), {"_run": lambda self: None})()  # noqa: ARG005


def opened(host: Any, name: str, rules: dict[str, Any], found: list[list[Any]]) -> Any:
    """Register rules whose actions only note what fired: the rule and the ids of the facts after the gate."""

    def action(rule: str) -> Any:
        def run(c: Any) -> None:  # one argument, or durable-rules takes it for asynchronous
            for match in c.m:
                facts = match._d
                found.append([rule, *[facts[f"p{at}"]["id"] for at in sorted(int(alias[1:]) for alias in facts) if at]])

        return run

    host.register_rulesets({name: {rule: {**body, "cap": 500, "run": action(rule)} for rule, body in rules.items()}})
    return host.get_ruleset(name)


def gained(rules: Any, facts: list[Any], batch: int) -> Any:
    """Assert facts, each of which some rule must know; returns the handle of the state.

    Raises:
        RuntimeError: a fact was refused.
    """
    engine, state = import_module("durable_rules_engine"), None
    for start in range(0, len(facts), batch):
        code, state = engine.assert_facts(rules._handle, json.dumps(facts[start:start + batch]))
        if code:
            raise RuntimeError(f"assert {code}")
    return state


def acted(rules: Any, state: Any) -> None:
    """Run what is due to fire.

    Raises:
        RuntimeError: an action raised, which durable-rules hides.
    """
    failures: list[Any] = []
    rules.do_actions(state, lambda error, _: failures.append(error) if error else None)
    hidden = rules.get_state(None).get("exception")
    if failures or hidden:
        raise RuntimeError(str(hidden or failures[0]))


def batch(job: dict[str, Any], out: TextIO) -> None:
    """Run rulesets one after the other: all facts, and last the gate, so that nothing fires before everything is there."""
    host = quiet()
    for number, ruleset in enumerate(job["rulesets"]):
        found: list[list[Any]] = []
        rules = opened(host, f"r{number}", ruleset["rules"], found)
        gained(rules, ruleset["facts"], job["batch"])
        acted(rules, gained(rules, [ruleset["gate"]], 1))
        out.write(json.dumps(found) + "\n")
    out.write('"done"\n')


def session(job: dict[str, Any], out: TextIO) -> None:
    """Keep one ruleset that only gains facts: the gate, then what every further line brings; answer each with what is new."""
    found: list[list[Any]] = []
    rules = opened(quiet(), "s", job["session"]["rules"], found)
    gained(rules, [job["session"]["gate"]], 1)
    out.write('"done"\n\n{"ended": 0}\n')
    out.flush()
    for line in sys.stdin:
        acted(rules, gained(rules, json.loads(line), job["batch"]))
        out.write(json.dumps(found) + '\n"done"\n\n{"ended": 0}\n')
        out.flush()
        found.clear()


def run(line: str, out: TextIO) -> None:
    """Run one job, in the child."""
    job = json.loads(line)
    limit(job["seconds"], job["memory"])
    try:
        (session if "session" in job else batch)(job, out)
    except BaseException as error:
        out.write("\n" + json.dumps({"error": type(error).__name__, "text": str(error)}) + "\n")
    out.flush()


def main() -> None:
    """Fork a child for every line, until there are no more."""
    sys.path[:0] = sys.argv[1:]
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what the C code prints is no answer
    import_module("durable.engine")
    for line in sys.stdin:
        child = os.fork()
        if not child:
            run(line, out)
            os._exit(0)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.write("\n" + json.dumps({"ended": ended}) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
