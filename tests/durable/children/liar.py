"""Answers with facts that do not exist."""

import json
import sys

for line in sys.stdin:
    for _ in json.loads(line)["rulesets"]:
        print(json.dumps([["0", 999_999]]))
    print('"done"\n\n{"ended": 0}', flush=True)
