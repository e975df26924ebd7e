"""The command line as users run it: a process, a file, a folder, an exit code."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import anndata as ad
import pandas as pd
import pytest

from rashomon.tl.slot import CELL_COLUMNS
from tests.planted import N_OBS, adata

OPTIONS = ("--truth", "type=biological:external", "--labels", "mine", "--donor", "donor", "-j", "1")


def command(*arguments):
    """The command line of this environment."""
    return [sys.executable, "-m", "rashomon.cli", *map(str, arguments)]


def run(*arguments):
    """Run it to its end."""
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The planted data as a file that may not be written to."""
    path = tmp_path_factory.mktemp("input") / "planted.h5ad"
    adata().write_h5ad(path)
    path.chmod(0o444)
    return path


@dataclass
class Audited:
    """An audit that ended, and the digest that its input had before."""

    folder: Path
    digest: str
    ended: subprocess.CompletedProcess


@pytest.fixture(scope="module")
def audited(file, tmp_path_factory):
    """One command, from a file to a folder."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    folder = tmp_path_factory.mktemp("audit") / "out"
    return Audited(folder, digest, run("audit", file, *OPTIONS, "-o", folder))


@dataclass
class Stopped:
    """An audit after Ctrl-C: what it said, and the names that it left."""

    folder: Path
    said: subprocess.CompletedProcess
    left: set


def stop_at(file, folder, n_records):
    """Press Ctrl-C when so many records are kept."""
    said = interrupt(("audit", file, *OPTIONS, "-o", folder), folder, n_records)
    return Stopped(folder, said, {path.name for path in folder.iterdir()})


def interrupt(arguments, folder, n_records):
    """Run until some records are kept, then press Ctrl-C: as a terminal does, the signal goes to the whole group."""
    given = command(*arguments)
    # where the tests run in the background of a shell, interruptions are ignored, and children inherit that
    heard = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
    given = [sys.executable, "-c", heard, *given]
    process = subprocess.Popen(given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    while len(list(folder.glob("artefacts/*/*.parquet"))) < n_records and process.poll() is None:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(given, process.returncode, out, err)


def tables(folder):
    """The tables of a study as text, but for who computed what, and when."""
    files = sorted((folder / "tables").glob("*.csv"))
    return {path.name: path.read_bytes() for path in files if path.stem != "provenance"}


@pytest.mark.slow
def test_an_audit_that_has_hardly_begun_says_how_to_go_on(file, audited, tmp_path):
    """Ctrl-C: exit code 130, one line, no traceback; the same command reuses what was kept, to the same tables."""
    stopped = stop_at(file, tmp_path / "out", 3)
    said = stopped.said
    assert (said.returncode, said.stdout.strip(), "Traceback" in said.stderr) == (130, "", False)
    assert said.stderr.rstrip().endswith("stopped; run the same command again to go on from here")
    assert {"artefacts", "ledger.sqlite", "study.yaml"} <= stopped.left
    assert "manifest.json" not in stopped.left
    again = run("audit", file, *OPTIONS, "-o", stopped.folder)
    assert " of them reused" in again.stderr
    assert tables(stopped.folder) == tables(audited.folder)
    assert (stopped.folder / "answers.json").read_bytes() == (audited.folder / "answers.json").read_bytes()


@pytest.mark.slow
def test_an_audit_in_the_middle_writes_a_report_of_what_it_has(file, audited, tmp_path):
    """Ctrl-C: exit code 130; the page says how many runs were not finished, and nothing unfinished is sealed."""
    n_records = len(list(audited.folder.glob("artefacts/*/*.parquet")))
    stopped = stop_at(file, tmp_path / "out", n_records // 2)
    assert (stopped.said.returncode, "Traceback" in stopped.said.stderr) == (130, False)
    assert {"report.html", "tables", "answers.json"} <= stopped.left
    assert "manifest.json" not in stopped.left
    page = (stopped.folder / "report.html").read_text(encoding="utf-8")
    assert re.search(r"\d+ runs failed", page)
    assert "stopped on request" in page


def test_an_audit_ends_well(audited):
    """Exit code 0; seven plain sentences and the path of the report on standard output; the plan on the other."""
    folder, ended = audited.folder, audited.ended
    assert (ended.returncode, "Traceback" in ended.stderr) == (0, False), ended.stderr
    lines = ended.stdout.strip().splitlines()
    assert lines[0] == "planted.h5ad, mine:"
    assert [line.startswith("  - ") and line.endswith(".") for line in lines[1:8]] == [True] * 7
    assert "Yes (groups)" in lines[1]
    assert "3 of 3 clusters come back" in lines[2]
    assert "The clusters follow type" in lines[3]
    assert lines[8:] == [f"Report: {folder / 'report.html'}"]
    assert "the multiverse: " in ended.stderr
    assert "about" in ended.stderr


def test_everything_is_in_the_folder(audited):
    """Report, spec, answers, partitions, tables in two forms, figures in two forms, an annotated copy."""
    folder = audited.folder
    names = {path.name for path in folder.iterdir()}
    assert names >= {"annotated.h5ad", "answers.json", "artefacts", "partitions.parquet", "report.html", "spec.json"}
    forms = {stem: {p.suffix for p in folder.glob(f"{stem}/*")} for stem in ("figures", "tables")}
    assert forms == {"figures": {".png", ".svg"}, "tables": {".csv", ".parquet"}}
    assert not list(folder.rglob("*.tmp*"))
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "3 of 3 clusters come back" in report
    assert json.loads((folder / "spec.json").read_text(encoding="utf-8"))["source"] == "planted.h5ad"


def test_the_copy_is_annotated_and_the_input_is_untouched(audited, file):
    """New columns in a copy; the bytes of the input are those of before."""
    folder = audited.folder
    assert hashlib.sha256(file.read_bytes()).hexdigest() == audited.digest
    copy, original = ad.read_h5ad(folder / "annotated.h5ad"), ad.read_h5ad(file)
    added = [name for name in copy.obs if name not in original.obs]
    assert added == [f"rashomon_{name}" for name in CELL_COLUMNS]
    pd.testing.assert_frame_equal(copy.obs.drop(columns=added), original.obs)
    assert (copy.X != original.X).nnz == 0
    assert copy.n_obs == N_OBS


def test_nothing_of_the_machine_is_written_down(audited, file):
    """No path of the user stands in the report, the spec, the answers or the tables."""
    folder = audited.folder
    files = [folder / "report.html", *folder.glob("*.json"), *(folder / "tables").glob("*.csv")]
    assert [path.name for path in files if str(file.parent) in path.read_text(encoding="utf-8")] == []


def test_a_missing_column_is_four_lines(file, tmp_path):
    """What, where, expected, fix; exit code 3; no traceback; no folder."""
    ended = run("audit", file, "--truth", "tipe", "--labels", "mine", "-o", tmp_path / "out")
    assert (ended.returncode, ended.stdout) == (3, "")
    lines = ended.stderr.strip().splitlines()
    assert lines[0] == "error: there is no column 'tipe'"
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["where", "expected", "fix", "code"]
    assert "did you mean 'type'" in ended.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.statistical  # twenty seconds; studies that are resumed are tested in test_study.py
def test_a_second_run_computes_nothing(audited, file):
    """The same command again finds every run, and writes the same tables."""
    folder = audited.folder
    before = tables(folder)
    records = {path: path.stat().st_mtime_ns for path in folder.glob("artefacts/*/*.parquet")}
    ended = run("audit", file, *OPTIONS, "-o", folder)
    assert (ended.returncode, ended.stdout) == (0, audited.ended.stdout)
    assert "steps: none" in ended.stderr
    assert {path: path.stat().st_mtime_ns for path in folder.glob("artefacts/*/*.parquet")} == records
    assert tables(folder) == before


OWN = """
import numpy as np


def by_sign(view):
    return (view[:, 0] > 0).astype(int)


def halved(view):
    return view[:, ::2]
"""


@pytest.mark.statistical
def test_functions_of_the_user_are_found_where_the_command_is_run(file, tmp_path):
    """In workers too, by the installed command, which does not look there by itself."""
    (tmp_path / "mine.py").write_text(OWN)
    command_line = [Path(sys.executable).parent / "rashomon", "audit", file, "--labels", "mine", "-o", "out", "-j", "2"]
    own = ["--clusterer", "mine:by_sign", "--step", "mine:halved", "--max-pipelines", "12"]
    done = subprocess.run(
        [*map(str, command_line), *own], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    runs = pd.read_parquet(tmp_path / "out" / "tables" / "runs.parquet")
    assert set(runs["status"]) == {"ok"}
    assert set(runs.loc[runs["perturbation"] == "none", "branch"]) == {"", "clusterer=by_sign", "view_step=halved"}
