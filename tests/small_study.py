"""Small studies as files: a benchmark of cells, finished once per process in seconds, and a table of labels."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from rashomon.core import digest_file, silent
from rashomon.tl.study_run import run_study
from tests import planted

BENCHMARK = """\
rashomon: 1
# the author's own words
data:
  worlds:
    world: ideal
    n_obs: 60
    knobs: {n_genes: 250}
    levels: {effect_size: [0.0]}
    n_seeds: 1
truths: [type]
scores: [ari]
multiverse: {normalise: [log CP10k], n_genes: [all], scale: [none], n_pcs: [10], n_neighbours: [6],
             resolution: [0.5, 1.0], seed: [0]}
engine: {name: serial}
seed: 0
"""
N_RECORDS = 10
"""Two data sets, four runs, four times scores."""

LABELS = """\
rashomon: 1
data: {file: labels.csv}
labels: mine
truths: [type, coin]
seed: 0
"""

NOT_THE_SAME = {"provenance.csv", "provenance.parquet"}
"""Tables that say when and by whom each record was made."""


def benchmark_in(folder, *, text=BENCHMARK, name="bench.yaml"):
    """The study file of the benchmark, in a folder of a test."""
    file = Path(folder) / name
    file.write_text(text, encoding="utf-8")
    return file


def labels_in(folder, *, text=LABELS):
    """The study file of a table of labels, and that table beside it."""
    planted.adata().obs.to_csv(Path(folder) / "labels.csv")
    file = Path(folder) / "labels.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@cache
def finished():
    """The folder of the benchmark, which nobody disturbed; its study file lies beside it."""
    scratch = tempfile.TemporaryDirectory(prefix="study-")
    atexit.register(scratch.cleanup)
    return run_quietly(benchmark_in(scratch.name)).folder


def copied(folder):
    """A copy of the finished benchmark with its study file, which a test may damage."""
    study = finished()
    shutil.copytree(study.parent, folder, dirs_exist_ok=True)
    return Path(folder) / study.name


def run_quietly(file, **arguments):
    """Run a study without a word."""
    return run_study(file, **{"announce": silent, "progress": silent, **arguments})


def tables(folder):
    """The bytes of the tables of a study, but for those that no two runs share."""
    files = sorted((Path(folder) / "tables").iterdir())
    return {file.name: file.read_bytes() for file in files if file.name not in NOT_THE_SAME}


def state(folder):
    """Time and digest of every file, and the names of folders."""
    paths = sorted(Path(folder).rglob("*"))
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, digest_file(path)) if path.is_file() else None
        for path in paths
    }
