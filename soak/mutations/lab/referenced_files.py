"""What results refer to, read as the tool reads them: a path a line in, a JSON list of paths a line out."""

import json
import sys

import joblib


def references(value):
    if isinstance(value, dict):
        if value.get("__mlops_payload_ref__") or value.get("__mlops_model_ref__"):
            yield value["uri"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from references(each)


for path in sys.stdin.read().splitlines():
    print(json.dumps(sorted(set(references(joblib.load(path))))))
