"""A small study with a ledger, run as a coordinator does, and what must hold of its folder at any moment.

As a program, ``python -m tests.fault.study FOLDER N [serial|processes]``: runs it and writes acknowledged keys to
standard output.
"""

import json
import sys
from pathlib import Path

import numpy as np

from rashomon.core import Progress, Step, digest_file, digest_slots, publish_text
from rashomon.engine import Call, Engine, Plan, run
from rashomon.engine.ledger import LEDGER, Ledger
from rashomon.engine.ledger_store import RECORDS, LedgerStore
from rashomon.engine.record import read_record

ADD = Step("add", "numpy:add", reads=("x", "y"), writes=("x",))
REPEAT = Step("repeat", "numpy:repeat", reads=("x",), writes=("x",))
SUM = Step("sum", "numpy:cumsum", reads=("x",), writes=("total",))
ROOT = Step("root", "numpy:sqrt", reads=("x",), writes=("root",))
FAIL = Step("fail", "math:factorial", reads=("x",), writes=("y",))
DATA = {"x": np.arange(50.0), "y": np.ones(50)}
TABLE = "tables/final.json"


def small_plan(n):
    """About `n` records on a tree: two from each branch, and one that always fails."""
    plan = Plan("faults", entropy=1)
    for i in range(1, max(2, n // 2 + 1)):
        for last in (SUM, ROOT):
            plan.add([Call(ADD), Call(REPEAT, {"repeats": i}), Call(last)], keep=last.writes)
    plan.add([Call(ADD), Call(FAIL)], keep=["y"])
    return plan


def run_study(folder, n, *, engine="serial", acknowledge=lambda key: None):
    """Run or resume the study, and write its table: digests of all values in the order of the plan."""
    with LedgerStore.open(folder, command="fault test", spec_digest="spec") as store:
        note = store.note

        def noted(one):
            note(one)
            acknowledge(one.key)

        store.note = noted
        plan = small_plan(n)
        store.on_progress(Progress("runs", 0, len(plan)))
        found = run(plan, DATA, store=store, engine=Engine(engine, n_jobs=2), task="runs")
        table = [[key, record.status, digest_slots(record.slots), record.reason] for key, record in found.items()]
        publish_text(Path(folder) / TABLE, json.dumps(table))
    return (Path(folder) / TABLE).read_text(encoding="utf-8")


def offences(folder, acknowledged):
    """What must not be at any moment: an acknowledged record lost, a half file under a final name, a damaged ledger."""
    home = Path(folder)
    if not (home / LEDGER).exists():
        return ["acknowledged without a ledger"] if acknowledged else []
    with Ledger(home / LEDGER, readonly=True) as ledger:
        ledger.check()
        rows = {row["key"]: row for row in ledger.rows("record")}
    lost = [key for key in acknowledged if key not in rows]
    wrong = [f"lost: {key}" for key in lost]
    for key, row in rows.items():
        file = home / RECORDS / key[:2] / f"{key}.parquet"
        # a record that is being computed again may have a new file that is not acknowledged yet
        if row["status"] == "ok" and (not file.exists() or digest_file(file) != row["sha256"]):
            wrong.append(f"not the acknowledged file: {key}")
    for file in (home / RECORDS).glob("??/[!.]*.parquet"):
        read_record(file)
    return wrong


def temporary_files(folder):
    """Names of temporary files that lie in the study."""
    return sorted(file.name for file in Path(folder).rglob(".*.tmp*"))


def main(folder, n, engine="serial"):
    """Run the study; every acknowledged key is a line of standard output."""

    def tell(key):
        sys.stdout.write(f"{key}\n")
        sys.stdout.flush()

    run_study(folder, int(n), engine=engine, acknowledge=tell)


if __name__ == "__main__":
    main(*sys.argv[1:])
