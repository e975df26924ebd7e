"""A small study on disk, with records, a ledger and its data; and the planted audit as one that was run on a file."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from rashomon import io
from rashomon.core import publish_text
from rashomon.engine.ledger import LEDGER, Ledger, Session
from rashomon.engine.note import Note
from rashomon.engine.record import Record, write_record
from rashomon.partitions import Partitions
from rashomon.study import ARTEFACTS, write_directory
from tests import example_audit, planted

DATA = "cells.csv"
PLANTED = "planted"
N_RUNS = 6
KEYS = tuple(f"{number:02x}" * 32 for number in range(N_RUNS + 1))
"""Of the runs, and of one record more that is no run."""

SPEC = {
    "source": DATA,
    "data_digest": "cd" * 32,
    "labels": "leiden",
    "roles": {"donor": "donor"},
    "budget": "quick",
    "clusterers": [],
    "steps": [],
    "n_replicates": 4,
    "rng": 0,
}


def partitions():
    """Labels of six runs; the last one failed."""
    names = np.array([f"SECRET-CELL-{i}" for i in range(240)])
    labels = np.random.default_rng(2).integers(0, 4, (240, N_RUNS)).astype(np.int32)
    labels[:, -1] = -2
    facts = {"perturbation": ["none"] * 4 + ["halves"] * 2, "replicate": [0] * 5 + [1]}
    settings = {"n_pcs": [20, 30, 20, 30, 20, 20], "resolution": [1.0, 1.0, None, None, 1.0, 1.0]}
    ended = {"n_clusters": 4, "n_used": 240, "n_dropped": 0, "status": ["ok"] * 5 + ["failed"], "reason": ""}
    runs = {"run": [f"r{i}" for i in range(N_RUNS)], **facts, "pipeline": "n_pcs=20", **settings, **ended}
    return Partitions(labels, names, pd.DataFrame({**runs, "key": KEYS[:N_RUNS]}))


def study_in(folder):
    """The study in a folder of a test, and its data beside it."""
    parts = partitions()
    audit = replace(example_audit.audit(), spec=SPEC, partitions=parts)
    study = write_directory(audit, Path(folder) / "study")
    publish_text(study / "study.yaml", f"rashomon: 1\ndata:\n  file: {DATA}   # the author's own words\n")
    publish_text(study / "report.html", "<!doctype html><title>A study</title>\n")
    publish_text(study.parent / DATA, "cell,leiden\n")
    for column, key in enumerate(KEYS[: N_RUNS - 1]):
        record = Record({"labels": parts.labels[:, column], "rows": np.arange(240)}, seconds=0.5)
        write_record(record, study / ARTEFACTS / key[:2] / f"{key}.parquet")
    _write_ledger(study)
    return study


def planted_in(folder):
    """The planted audit as a study that was run on a file, and that file beside it."""
    audit = planted.planted_audit()
    audit = replace(audit, spec={**audit.spec, "source": f"{PLANTED}.h5ad"})
    study = write_directory(audit, Path(folder) / "study")
    io.write(planted.adata(), study.parent / f"{PLANTED}.h5ad")
    return study


def copied(study, folder):
    """A copy of a study and of what lies beside it, which a test may damage."""
    shutil.copytree(study.parent, folder, dirs_exist_ok=True)
    return Path(folder) / study.name


def _write_ledger(study):
    with Ledger(study / LEDGER) as ledger:
        session = ledger.begin(Session("somewhere", 7, "{}", "", "rashomon audit cells.csv"))
        for place, key in enumerate(KEYS):
            status = "failed" if place == N_RUNS - 1 else "ok"
            note = Note(key, "", "multiverse", "leiden", '{"k": 1}', status, seconds=0.5, worker="somewhere:7")
            ledger.add(note, session=session)
        ledger.end(session, outcome="finished", n_reused=0)
