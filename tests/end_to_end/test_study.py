"""Studies as users run them: from a file of data to a sealed folder, killed, interrupted and damaged on the way.

What each command prints is tested in ``unit/test_cli_study.py``; here they are processes that can be ended.
"""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from rashomon.study.seal import keygen, verify
from rashomon.study.status import status
from tests.planted import adata
from tests.small_study import BENCHMARK, run_quietly, tables

pytestmark = pytest.mark.slow

HEARD = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
"""Where tests run in the background of a shell, interruptions are ignored, and children inherit that."""

RECORDS = "artefacts/*/[!.]*.parquet"
"""Finished records; unfinished ones begin with a dot."""

SMALL = {
    "use_rep: null": "use_rep: X_emb",
    "multiverse: {}": "multiverse: {clusterer: [leiden], n_neighbours: [5], resolution: [0.5, 1.0], seed: [0]}",
    "n_replicates: 20": "n_replicates: 2",
    "n_jobs: 0": "n_jobs: 2",
}
"""Changes after which the study that init writes ends in seconds."""

LONGER = BENCHMARK.replace("levels: {effect_size: [0.0]}", "levels: {effect_size: [0.0, 1.0], depth: [500.0]}")
LONGER = LONGER.replace("n_seeds: 1", "n_seeds: 4")


def command(*arguments):
    """The command line of this environment."""
    return [sys.executable, "-m", "rashomon.cli", *map(str, arguments)]


def run(*arguments):
    """Run it to its end."""
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=300, check=False)


def start(folder, *arguments, n_records):
    """Start it in a group of its own, and return when so many records are kept."""
    given = [sys.executable, "-c", HEARD, *command(*arguments)]
    process = subprocess.Popen(given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    while len(list(folder.glob(RECORDS))) < n_records and process.poll() is None:
        time.sleep(0.01)
    if process.poll() is not None:
        pytest.fail(f"it ended too early for this test: {process.communicate()[1]}")
    return process


def end_of_group(group, seconds=60.0):
    """Wait until no process of a group is there; return whether that came true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@dataclass
class Life:
    """A study of a file: written, checked, killed, and run to its end."""

    file: Path
    folder: Path
    said: dict


@pytest.fixture(scope="module")
def life(tmp_path_factory):
    """What each command said, in the order in which they were run."""
    home, data = tmp_path_factory.mktemp("life"), adata()
    data.obsm["X_emb"] = np.random.default_rng(0).normal(size=(data.n_obs, 4)).astype(np.float32)
    data.obs = data.obs.rename(columns={"type": "cell_type", "mine": "leiden"})
    data.write_h5ad(home / "cells.h5ad")
    file, folder = home / "cells.yaml", home / "cells_study"
    said = {"init": run("init", home / "cells.h5ad")}
    text = file.read_text(encoding="utf-8")
    for old, new in SMALL.items():
        text = text.replace(f"\n{old}\n", f"\n{new}\n").replace(f"\n  {old}\n", f"\n  {new}\n")
    file.write_text(text, encoding="utf-8")
    said["check"] = run("check", file)
    # more than the paths that are timed before anything is acknowledged
    killed = start(folder, "run", file, n_records=14)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    said["orphans ended"] = end_of_group(killed.pid)
    said["kept"] = {path: path.stat().st_mtime_ns for path in folder.glob(RECORDS)}
    said["status"] = status(folder)
    said["run"] = run("run", file)
    return Life(file, folder, said)


def test_init_and_check_lead_to_a_run(life):
    """The study file names the columns of the data; check prints the tree, the cost and the folder."""
    assert life.said["init"].returncode == 0, life.said["init"].stderr
    text = life.file.read_text(encoding="utf-8")
    assert "cell_type" in text
    assert "leiden" in text
    checked = life.said["check"]
    assert checked.returncode == 0, checked.stderr
    assert "the whole audit: " in checked.stdout
    assert checked.stdout.rstrip().endswith(f"results go to {life.folder}")


def test_a_killed_study_says_so_and_its_workers_end(life):
    """After kill -9 of the coordinator no process is left; status knows the records, and that it was killed."""
    assert life.said["orphans ended"]
    found = life.said["status"]
    assert (found.state, found.holder) == ("killed", None)
    assert sum(found.records.values()) >= 1


def test_the_same_command_ends_it(life):
    """Exit code 0; what was finished is not computed again; report, tables and seal are there."""
    ended = life.said["run"]
    assert ended.returncode == 0, ended.stderr
    assert len(life.said["kept"]) >= 14
    assert {path: path.stat().st_mtime_ns for path in life.said["kept"]} == life.said["kept"]
    assert ended.stdout.rstrip().endswith(f"Report: {life.folder / 'report.html'}")
    assert "Traceback" not in ended.stderr
    assert (life.folder / "study.yaml").read_bytes() == life.file.read_bytes()


def test_verify_finds_the_byte_that_was_changed(life):
    """Exit code 0 before, 5 after, naming the table; and 0 again with the byte in its place."""
    assert verify(life.folder).exit_code == 0
    file = life.folder / "tables" / "clusters.csv"
    before = file.read_bytes()
    file.write_bytes(bytes([before[0] ^ 1]) + before[1:])
    found = run("verify", life.folder)
    file.write_bytes(before)
    assert found.returncode == 5
    assert "tables/clusters.csv was changed" in found.stdout
    assert verify(life.folder).exit_code == 0


@pytest.mark.statistical
def test_tables_and_report_are_made_from_the_folder(life, tmp_path):
    """Export gives what the study holds; the report is written anew without a change of the study."""
    exported = run("export", life.folder, "-o", tmp_path / "tidy", "--form", "csv")
    assert exported.returncode == 0, exported.stderr
    assert {"clusters", "scores", "runs"} <= {path.stem for path in (tmp_path / "tidy").glob("*.csv")}
    written = run("report", life.folder, "-o", tmp_path / "page.html")
    assert written.returncode == 0, written.stderr
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "cells.h5ad" in page
    assert str(life.folder.parent) not in page
    assert verify(life.folder).exit_code == 0


def test_nothing_of_the_machine_is_in_the_folder(life):
    """No file names the place where the study was run."""
    files = [path for path in life.folder.rglob("*") if path.is_file()]
    where = str(life.folder.parent).encode()
    assert [path.name for path in files if where in path.read_bytes()] == []


@dataclass
class Stopped:
    """A signed benchmark: a second run was refused, the first interrupted, and then run to its end."""

    folder: Path
    second: subprocess.CompletedProcess
    first: subprocess.CompletedProcess
    partial: set
    state: str
    ended: subprocess.CompletedProcess
    key: Path


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """Two runs at once, Ctrl-C in the first, and the same command again."""
    home = tmp_path_factory.mktemp("stopped")
    file, folder = home / "bench.yaml", home / "bench_study"
    file.write_text(LONGER, encoding="utf-8")
    key = keygen(home / "key")
    given = ("run", file, "--sign", key.private)
    process = start(folder, *given, n_records=3)
    # paused, so that it is still there when the second one asks, however slow that one is
    os.killpg(process.pid, signal.SIGSTOP)
    second = run(*given)
    os.killpg(process.pid, signal.SIGCONT)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=120)
    first = subprocess.CompletedProcess(given, process.returncode, out, err)
    partial, state = {path.name for path in folder.iterdir()}, status(folder).state
    return Stopped(folder, second, first, partial, state, run(*given), key.public)


def test_a_second_run_is_refused(stopped):
    """Exit code 5, naming the process that runs the study, and no traceback."""
    assert (stopped.second.returncode, stopped.second.stdout) == (5, "")
    assert "this study is being run by process" in stopped.second.stderr
    assert "Traceback" not in stopped.second.stderr


def test_ctrl_c_leaves_a_partial_report_and_no_seal(stopped):
    """Exit code 130 and how to go on; the ledger knows; nothing vouches for what is unfinished."""
    assert (stopped.first.returncode, stopped.first.stdout) == (130, "")
    assert stopped.first.stderr.rstrip().endswith("run the same command again to go on from here")
    assert "Traceback" not in stopped.first.stderr
    assert {"report.html", "tables", "study.yaml"} <= stopped.partial
    assert not {"manifest.json", "signature.json", "lock"} & stopped.partial
    assert stopped.state == "interrupted"


def test_an_interrupted_study_ends_with_the_tables_of_one_that_was_not(stopped, tmp_path):
    """The same command reuses what was kept; every table is that of an undisturbed run, byte for byte."""
    assert stopped.ended.returncode == 0, stopped.ended.stderr
    (tmp_path / "bench.yaml").write_text(LONGER, encoding="utf-8")
    assert tables(stopped.folder) == tables(run_quietly(tmp_path / "bench.yaml").folder)


def test_the_signature_is_verified(stopped):
    """With the public key of the pair whose private key signed; the interrupted run signed nothing."""
    assert "signature.json" not in stopped.partial
    assert verify(stopped.folder, key=stopped.key).exit_code == 0


def test_a_wrong_study_file_is_said_by_line_and_column(tmp_path):
    """Exit code 2, all errors at once, no traceback, no folder."""
    (tmp_path / "s.yaml").write_text("rashomon: 1\ndata: {file: a.h5ad}\nbudgt: quick\nseed: 12:30:45\n")
    ended = run("run", tmp_path / "s.yaml")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "s.yaml:3:1: found the unknown key 'budgt'" in ended.stderr
    assert "s.yaml:4:7: found " in ended.stderr
    assert "Traceback" not in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]
