"""Answers with every fact of the right kind for every pattern, whether it fits or not."""

import json
import sys
from itertools import product

for line in sys.stdin:
    for ruleset in json.loads(line)["rulesets"]:
        found = []
        for name, rule in ruleset["rules"].items():
            kinds = [test["k"] for pattern in rule["all"][1:] for body in pattern.values() for test in body["$and"] if "k" in test]
            choices = [[fact["id"] for fact in ruleset["facts"] if fact["k"] == kind] for kind in kinds]
            found += [[name, *ids] for ids in product(*choices)]
        print(json.dumps(found))
    print('"done"\n\n{"ended": 0}', flush=True)
