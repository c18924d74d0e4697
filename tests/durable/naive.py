"""How somebody would use durable-rules who has read its manual; runs the `naive` part of a trap and prints what was found.

Called with the program on standard input, in a process of its own, because many of them do not survive it.
"""

import json
import os
import sys
from typing import Any

from durable.engine import Host  # type: ignore[import-not-found, import-untyped, unused-ignore]

found: list[Any] = []


def note(*paths: str) -> Any:
    """An action that notes some properties of the matched facts."""

    def run(c: Any) -> None:
        found.append([getattr(getattr(c, alias), name) for alias, name in (path.split(".") for path in paths)])

    return run


def start(rules: Any, name: str = "r") -> Any:
    host = Host()
    host.register_rulesets({name: rules})
    return host


def quiet(rules: Any, facts: list[Any]) -> None:
    """Assert one batch; an exception says that some fact was not welcome, not what became of the others."""
    try:
        start(rules).assert_facts("r", facts)
    except Exception:
        found.sort()
        print(json.dumps(found, ensure_ascii=False), flush=True)
        os._exit(0)


def main() -> None:
    scope: dict[str, Any] = {"found": found, "note": note, "start": start, "quiet": quiet}
    exec(sys.stdin.read(), scope)
    if scope["facts"]:
        host = start(scope["rules"])
        for fact in scope["facts"]:
            try:
                host.assert_fact("r", fact)
            except Exception as error:
                print(error, file=sys.stderr)
    print(json.dumps(sorted(found), ensure_ascii=False), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
