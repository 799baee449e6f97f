"""Runs the project tumour-lab with ExpOps, one deliberate change before each run, and writes down what must be found.

usage: make.py ROOT BUNDLED   (see make.sh)

What a run did is not read off the store: it follows from the changes made (`RUNS`) and the graph, and is then compared
with what the tool stored. They must agree, else nothing is written.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import yaml
from sklearn.datasets import load_breast_cancer

NAME = "tumour-lab"
CONFIG, CODE, PICTURES = "configs/project_config.yaml", "src/pipeline.py", "src/pictures.py"
TABLE = "data/breast_cancer.csv"
CHARTS = ["loss_curves", "roc_curves", "score_table"]

# A run: what is said of it, the edits before it (file, old, new), and the processes whose own parameters, code or data
# those edits change in a way the tool sees.
RUNS = [
    {"what": "first run", "edits": [], "touches": []},
    {"what": "nothing changed", "edits": [], "touches": []},
    {
        "what": "parameter: fit_logistic alpha 0.0005 → 0.002",
        "edits": [(CONFIG, "alpha: 0.0005", "alpha: 0.002")],
        "touches": ["fit_logistic"],
    },
    {
        "what": "code: trees of the forest at most 4 deep",
        "edits": [
            (CODE, "n_estimators=int(trees), random_state", "n_estimators=int(trees), max_depth=4, random_state")
        ],
        "touches": ["fit_forest"],
    },
    {
        "what": "a comment in the code",
        "edits": [(CODE, "    scaler = ", "    # Fitted on the training rows alone.\n    scaler = ")],
        "touches": [],
    },
    {
        "what": "data: two measurements corrected",
        "edits": [(TABLE, "17.99,10.38,", "17.89,10.38,"), (TABLE, "20.57,17.77,", "20.27,17.77,")],
        "touches": ["*data"],
    },
    {
        "what": "parameter: fit_network rate 0.5 → 5, with which the loss is not a number at times",
        "edits": [(CONFIG, "epochs: 200\n          rate: 0.5", "epochs: 200\n          rate: 5")],
        "touches": ["fit_network"],
    },
    {
        "what": "parameter: fit_network rate back to 0.5",
        "edits": [(CONFIG, "rate: 5\n", "rate: 0.5\n")],
        "touches": ["fit_network"],
        "back": {"fit_network": 5},
    },
    {
        "what": "parameter: fit_forest trees 60 → 0, which fails",
        "edits": [(CONFIG, "trees: 60", "trees: 0")],
        "touches": ["fit_forest"],
        "fails": "fit_forest",
    },
    {
        "what": "parameter: fit_forest trees 0 → 80",
        "edits": [(CONFIG, "trees: 0", "trees: 80")],
        "touches": ["fit_forest"],
    },
    {
        "what": "parameter: fit_boosting rounds 150 → 4000, killed before its end",
        "edits": [(CONFIG, "rounds: 150", "rounds: 4000")],
        "touches": ["fit_boosting"],
        "killed": "fit_boosting",
    },
    {
        "what": "parameter: fit_boosting rounds back to 150",
        "edits": [(CONFIG, "rounds: 4000", "rounds: 150")],
        "touches": ["fit_boosting"],
        "back": {"fit_boosting": 9},
    },
    {"what": "parameter of all: seed 7 → 11", "edits": [(CONFIG, "seed: 7", "seed: 11")], "touches": ["*global"]},
    {
        "what": "code of the charts: a logarithmic axis",
        "edits": [
            (
                PICTURES,
                '    axes.set_ylabel("test loss")',
                '    axes.set_ylabel("test loss")\n    axes.set_yscale("log")',
            )
        ],
        "touches": CHARTS,
    },
    {
        "what": "code that the tool does not see: fewer points of each ROC curve (a stale hit)",
        "edits": [(CODE, "points=40", "points=25")],
        "touches": [],
        "stale": ["compare_models"],
    },
    {
        "what": "parameter: scale_columns standard → minmax",
        "edits": [(CONFIG, 'scale: "standard"', 'scale: "minmax"')],
        "touches": ["scale_columns"],
    },
    {
        "what": "parameter: fit_boosting rate 0.1 → 0.3",
        "edits": [(CONFIG, "rounds: 150\n          rate: 0.1", "rounds: 150\n          rate: 0.3")],
        "touches": ["fit_boosting"],
    },
]
# Two things a person did by hand afterwards, as people do: what the store looks like after a clean-up that went wrong.
BROKEN = ("fit_logistic", 2)  # the result file of this process made by this run (counted from 0) is deleted
ORPHANED = ("fit_network", 6)  # the index row of this one is deleted, its file stays


def sha(data):
    return hashlib.sha256(data).hexdigest()


def read_graph(config):
    before = {p["name"]: [] for p in config["experiment"]["pipeline"]["processes"]}
    for line in config["experiment"]["pipeline"]["process_adjlist"].splitlines():
        first, *after = line.split() or [None]
        for name in after:
            before[name].append(first)
    return before


def version_of(project, config):
    """docs/layouts/expops.md, section 14."""
    scripts = config["scripts"]
    code = "".join(sha(key.encode() + (project / scripts[key]).read_bytes()) for key in sorted(scripts))
    return sha((sha((project / CONFIG).read_bytes()) + sha(code.encode())).encode())


def params_of(config):
    experiment = config["experiment"]
    own = {
        f"{p['name']}.{key}": value
        for p in experiment["pipeline"]["processes"]
        for key, value in (p.get("parameters") or {}).items()
    }
    return {**experiment["parameters"], **own}


def git(project, *args, **options):
    who = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", "Demo"), ("EMAIL", "demo@example.org"))
    }
    return subprocess.run(
        ["git", "-C", str(project), *args],
        check=True,
        env={**os.environ, **who},
        capture_output=True,
        text=True,
        **options,
    ).stdout.strip()


class Store:
    """What the tool stored, read-only."""

    def __init__(self, project):
        self.path = project / f".{NAME}/metrics.sqlite"

    def rows(self, prefix=""):
        if not self.path.exists():
            return {}
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)) as db:
            found = db.execute(
                "select key, value from kv where substr(key, 1, ?) = ?", (len(prefix), prefix)
            ).fetchall()
        return {key: json.loads(value) for key, value in found}

    def runs(self):
        return sorted(re.match(r"runs:(.+):status$", key)[1] for key in self.rows("runs:") if key.endswith(":status"))

    def processes(self, run):
        prefix = f"runs:{run}:steps://process[@name='"
        return {
            key[len(prefix) : -len("']:__process__")]: value
            for key, value in self.rows(prefix).items()
            if key.endswith(":__process__")
        }


def start_tool(project):
    env = {**os.environ, "MLOPS_WORKSPACE_DIR": str(project.parent)}
    command = [sys.executable, "-m", "expops", "run", "--local", NAME]
    return subprocess.Popen(command, cwd=project.parent, env=env, start_new_session=True)


def kill_within(tool, store, known, process):
    """Ends the tool and its workers with SIGKILL once `process` has logged some points of its series."""
    while tool.poll() is None:
        for run in set(store.runs()) - known:
            series = [found for path, found in count_points(store, run).items() if f"'{process}'" in path]
            if any(metric["points"] >= 40 for found in series for metric in found.values()):
                os.killpg(tool.pid, signal.SIGKILL)
        time.sleep(0.2)
    tool.wait()


def expect(run, number, graph, own, data, produced):
    """Outcome of each process by the rule of the tool: it runs where nothing was stored under the same key."""
    keys, outcomes = {}, {}

    def key_of(name):
        if name not in keys:
            shared = () if name in CHARTS else (own["*global"],)
            keys[name] = sha(repr((name, own[name], shared, data, sorted(key_of(p) for p in graph[name]))).encode())
        return keys[name]

    def below(name, top):
        return any(parent == top or below(parent, top) for parent in graph[name])

    for name in graph:
        producer = produced.get(key_of(name))
        if run.get("fails") == name:
            outcomes[name] = {"outcome": "failed"}
        elif "fails" in run and below(name, run["fails"]):
            outcomes[name] = {"outcome": "never-ran"}
        elif run.get("killed") == name:
            outcomes[name] = {"outcome": "running"}
        elif "killed" in run and below(name, run["killed"]):
            outcomes[name] = {"outcome": "never-ran"}
        elif producer is not None:
            outcomes[name] = {"outcome": "reused", "producer": producer}
        else:
            outcomes[name] = {"outcome": "executed"}
            produced[keys[name]] = number
    return outcomes


def compare(run_id, version, outcomes, stored, ids):
    """The expectation against the records of the run; any difference ends the making."""
    for name, outcome in outcomes.items():
        record = stored.get(name, {})
        told = {"executed": "completed", "reused": "cached", "failed": "failed", "running": "running"}.get(
            outcome["outcome"]
        )
        if outcome["outcome"] == "never-ran":
            told = record.get("status") if record.get("status") in (None, "failed") else "failed or nothing"
        if "producer" in outcome:
            outcome["producer"] = ids[outcome["producer"]]
        wrong_producer = outcome.get("producer") not in (None, record.get("cached_run_id"))
        wrong_version = outcome["outcome"] == "executed" and f"/cache/{version}/" not in record["cache_path"]
        if record.get("status") != told or wrong_producer or wrong_version:
            sys.exit(f"{run_id} {name}: expected {outcome}, stored {record}")


def count_points(store, run):
    """Probe path → metric → number of points and last value (null: NaN), for series; lists and texts are left out."""
    found = {}
    prefix = f"metric:{run}:probe_path:p_"
    for key, metrics in sorted(store.rows(prefix).items()):
        code = key[len(prefix) :]
        path = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)).decode()
        for metric, value in sorted(metrics.items()):
            if isinstance(value, dict):
                last = value[max(value, key=int)]
                found.setdefault(path, {})[metric] = {"points": len(value), "last": None if last != last else last}
    return found


def damage(project, store, ids):
    """A file without its row, and a row without its file."""
    cut = len(str(project)) + 1
    broken = store.processes(ids[BROKEN[1]])[BROKEN[0]]["cache_path"]
    Path(broken).unlink()
    orphan = store.processes(ids[ORPHANED[1]])[ORPHANED[0]]["cache_path"]
    [row] = [key for key, value in store.rows("process:").items() if value.get("cache_path") == orphan]
    with closing(sqlite3.connect(store.path)) as db, db:
        db.execute("delete from kv where key = ?", (row,))
    return {"broken": {"missing": broken[cut:]}, "orphaned": {"file": orphan[cut:], "deletedRow": row}}


def close_store(store):
    """One clean file: nothing left in a write-ahead log, and none is made by reading it."""
    with closing(sqlite3.connect(store.path)) as db:
        db.execute("pragma wal_checkpoint(truncate)")
        db.execute("pragma journal_mode=delete")
        db.execute("vacuum")


def save_history(project, target):
    """The history as a bare repository of plain files: a `.git` inside another repository could not be kept."""
    subprocess.run(["git", "clone", "--quiet", "--bare", str(project), str(target)], check=True)
    git(target, "repack", "-adq", "--no-write-bitmap-index")
    branch = git(target, "symbolic-ref", "HEAD")
    commit = git(target, "rev-parse", branch)
    for name in ("branches", "hooks", "info", "description", "packed-refs", "objects/info"):
        path = target / name
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    (target / branch).parent.mkdir(parents=True, exist_ok=True)
    (target / branch).write_text(commit + "\n")
    (target / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")


def write_table(path):
    data = load_breast_cancer(as_frame=True)
    table = data.frame.rename(columns={"target": "benign"})
    path.parent.mkdir(parents=True)
    table.to_csv(path, index=False)


def main(root, bundled):
    shutil.rmtree(root, ignore_errors=True)
    project = root / NAME
    shutil.copytree(bundled / "make" / NAME, project)
    write_table(project / TABLE)
    git(project, "init", "--quiet", "--initial-branch=main")
    # Not a .gitignore: that would hide the runtime folder from the repository which keeps this copy.
    (project / ".git/info/exclude").write_text(f".{NAME}/\n")

    store, ids, found, produced, memory = Store(project), [], [], {}, []
    own, data = {}, 0
    for number, run in enumerate(RUNS):
        for file, old, new in run["edits"]:
            path = project / file
            text = path.read_text()
            if text.count(old) != 1:
                sys.exit(f"{run['what']}: {old!r} is {text.count(old)} times in {file}")
            path.write_text(text.replace(old, new))
        config = yaml.safe_load((project / CONFIG).read_text())
        graph = read_graph(config)
        own = own or {name: 0 for name in [*graph, "*global"]}
        for name in run["touches"]:
            if name == "*data":
                data = number
            else:
                own[name] = memory[run["back"][name]][name] if name in run.get("back", {}) else number
        memory.append(dict(own))

        git(project, "add", "--all")
        git(project, "commit", "--quiet", "--allow-empty", "--message", run["what"])
        print(f"== {number + 1} of {len(RUNS)}: {run['what']}", flush=True)
        known = set(store.runs())
        tool = start_tool(project)
        kill_within(tool, store, known, run["killed"]) if "killed" in run else tool.wait()
        [run_id] = set(store.runs()) - known
        ids.append(run_id)

        outcomes = expect(run, number, graph, own, data, produced)
        version = version_of(project, config)
        compare(run_id, version, outcomes, store.processes(run_id), ids)
        status = "failed" if "fails" in run else "running" if "killed" in run else "completed"
        if store.rows(f"runs:{run_id}:status") != {f"runs:{run_id}:status": status}:
            sys.exit(f"{run_id}: expected status {status}")
        for name in run.get("stale", []):
            outcomes[name]["stale"] = True
        executed = any(outcome["outcome"] == "executed" for outcome in outcomes.values())
        found.append(
            {
                "id": run_id,
                "what": run["what"],
                "status": status,
                "commit": git(project, "rev-parse", "HEAD"),
                "version": version,
                "versionRecorded": executed,
                "params": params_of(config),
                "processes": outcomes,
                "series": count_points(store, run_id),
            }
        )

    files = damage(project, store, ids)
    close_store(store)
    workspace = bundled / "workspace"
    shutil.rmtree(workspace, ignore_errors=True)
    shutil.copytree(project, workspace / NAME, ignore=shutil.ignore_patterns(".git", "__pycache__"))
    save_history(project, workspace / NAME / "history.git")
    expected = {
        "project": NAME,
        "tool": "expops 0.1.27",
        "recordedRoot": str(root),
        "graph": graph,
        "charts": CHARTS,
        "runs": found,
        "files": files,
    }
    (bundled / "EXPECTED.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]).resolve())
