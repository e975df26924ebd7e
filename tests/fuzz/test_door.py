"""No file ends the process that asks for it, keeps it waiting, shows another file, or raises anything but a refusal."""

import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.architecture.source import ROOT
from tests.fuzz.mutation import SEED, write_good
from tests.fuzz.reader import read_one

N_FILES, N_QUICK, WORKERS = 5000, 40, 2
N_TABLES = 2000
"""Tables of receptors, beside the files of cells."""


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A folder with the good files and the canaries."""
    folder = tmp_path_factory.mktemp("good")
    write_good(folder)
    return folder


def run(good, start, stop, *what):
    """Read the files from `start` on; a reader that dies is replaced, and the file it died of is reported."""
    results = []
    while start < stop:
        given = map(str, (good, start, stop, WORKERS, *what))
        command = [sys.executable, "-W", "ignore", "-m", "tests.fuzz.reader", *given]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        results += [line for line in lines if "outcome" in line]
        if done.returncode == 0:
            break
        died = lines[-1]["case"] if lines else start
        how = "hang" if done.returncode == -14 else f"exit code {done.returncode}"
        wrong = f"the reading process ended with {how}: {done.stderr[-500:]}"
        results.append({"case": died, "kind": "", "outcome": "died", "seconds": 0.0, "wrong": wrong})
        start = died + WORKERS
    return results


def read_all(good, n, *what):
    """What became of `n` files, in their order; of tables of receptors where `what` says so."""
    with ThreadPoolExecutor(WORKERS) as pool:
        parts = pool.map(lambda i: run(good, i, n, *what), range(WORKERS))
        return sorted((line for part in parts for line in part), key=lambda line: line["case"])


def offences(results):
    """Everything that must not happen."""
    return [f"{line['case']} {line['kind']}: {line['wrong']}" for line in results if line["wrong"]]


@pytest.mark.slow
def test_some_damaged_files(good):
    """The first files of the long run: none may do harm."""
    results = read_all(good, N_QUICK)
    assert len(results) == N_QUICK
    assert offences(results) == []
    assert {"read"} < {line["outcome"] for line in results}


@pytest.mark.slow
def test_some_damaged_tables_of_receptors(good):
    """The first tables of the long run: each is read or refused."""
    results = read_all(good, N_QUICK, "receptors")
    assert len(results) == N_QUICK
    assert offences(results) == []
    assert {"read"} < {line["outcome"] for line in results}


def test_good_tables_of_receptors_are_read(good):
    """What is damaged are tables that the door takes: every refusal is for the damage."""
    outcomes = {name: read_one(good / name) for name in ("airr.tsv", "tenx.csv", "vdjdb.tsv")}
    assert outcomes == dict.fromkeys(outcomes, ("read", ""))


@pytest.mark.fuzz
def test_many_damaged_files(good, record):
    """Byte flips, truncations and structural damage of h5ad, h5mu, zarr and CSV, each read through the public door."""
    n = int(os.environ.get("RASHOMON_FUZZ_FILES", N_FILES))
    results = read_all(good, n)
    outcomes = Counter(line["outcome"] for line in results)
    kinds = Counter(line["kind"].partition(":")[0] for line in results)
    record(
        "fuzz_door",
        claim="no crash, no hang, no traceback and no other file's content from any damaged file",
        seed=SEED,
        figures={
            "n_files": len(results),
            "n_offences": len(offences(results)),
            "n_read": outcomes["read"],
            "n_refused": len(results) - outcomes["read"] - outcomes["died"] - outcomes["traceback"],
            "n_crashes_of_the_reading_child": outcomes["file.crash"],
            "n_hangs_of_the_reading_child": outcomes["file.hang"],
            "slowest_seconds": max(line["seconds"] for line in results),
            "by_format": dict(sorted(kinds.items())),
            "by_outcome": dict(outcomes.most_common()),
        },
    )
    assert len(results) == n
    assert offences(results) == []


@pytest.mark.fuzz
def test_many_damaged_tables_of_receptors(good, record):
    """Damaged bytes, lines, columns, genes, junctions and numbers of AIRR, 10x and VDJdb tables."""
    n = int(os.environ.get("RASHOMON_FUZZ_TABLES", N_TABLES))
    results = read_all(good, n, "receptors")
    outcomes = Counter(line["outcome"] for line in results)
    record(
        "fuzz_receptor_door",
        claim="every damaged table of receptors is read as a data set or refused: no traceback, no crash, no hang",
        seed=SEED,
        figures={
            "n_files": len(results),
            "n_offences": len(offences(results)),
            "n_read": outcomes["read"],
            "n_refused": len(results) - outcomes["read"] - outcomes["died"] - outcomes["traceback"],
            "slowest_seconds": max(line["seconds"] for line in results),
            "by_format": dict(sorted(Counter(line["kind"].partition(":")[0] for line in results).items())),
            "by_outcome": dict(outcomes.most_common()),
        },
    )
    assert len(results) == n
    assert offences(results) == []
