"""What runs outside the process of zeren: this file and durable-rules, nothing else. Started by :mod:`process`.

The launcher imports durable-rules and waits. For every line on standard input, one batch as JSON, it forks a child that runs
the batch and is thrown away: whatever the C code breaks or leaks ends with it. On standard output stand one JSON line per
ruleset, a list of ``[rule, ids…]``, then ``"done"`` or what went wrong, and last how the child ended.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from typing import Any, TextIO


def limit(seconds: int, memory: int) -> None:
    """Bound what this process may use; a core file would only be litter."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def quiet() -> Any:
    """A host without the two background threads, which steal work."""
    return type("Quiet", (import_module("durable.engine").Host,), {"_run": lambda self: None})()  # noqa: ARG005


def fired(host: Any, name: str, ruleset: dict[str, Any], batch: int) -> list[list[Any]]:
    """Register a ruleset, assert its facts and last the gate, and return what fired.

    Raises:
        RuntimeError: a fact was refused, or an action raised, which durable-rules hides.
    """
    engine, found = import_module("durable_rules_engine"), list[list[Any]]()

    def action(rule: str) -> Any:
        def run(c: Any) -> None:  # one argument, or durable-rules takes it for asynchronous
            for match in c.m:
                facts = match._d
                found.append([rule, *[facts[f"p{at}"]["id"] for at in sorted(int(alias[1:]) for alias in facts) if at]])

        return run

    host.register_rulesets({name: {rule: {**body, "cap": 500, "run": action(rule)} for rule, body in ruleset["rules"].items()}})
    rules = host.get_ruleset(name)
    facts = ruleset["facts"]
    for start in range(0, len(facts), batch):
        code, _ = engine.assert_facts(rules._handle, json.dumps(facts[start:start + batch]))
        if code:
            raise RuntimeError(f"assert {code}")
    code, state = engine.assert_fact(rules._handle, json.dumps(ruleset["gate"]))
    if code:
        raise RuntimeError(f"gate {code}")
    failures: list[Any] = []
    rules.do_actions(state, lambda error, _: failures.append(error) if error else None)
    hidden = rules.get_state(None).get("exception")
    if failures or hidden:
        raise RuntimeError(str(hidden or failures[0]))
    return found


def run(line: str, out: TextIO) -> None:
    """Run one batch, in the child."""
    job = json.loads(line)
    limit(job["seconds"], job["memory"])
    try:
        host = quiet()
        for number, ruleset in enumerate(job["rulesets"]):
            out.write(json.dumps(fired(host, f"r{number}", ruleset, job["batch"])) + "\n")
        out.write('"done"\n')
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
