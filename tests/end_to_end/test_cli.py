"""The command line as users run it: a process, a file, a folder, an exit code."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import anndata as ad
import pandas as pd
import pytest

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


@pytest.fixture(scope="module")
def audited(file, tmp_path_factory):
    """The folder of a finished audit, what it printed, and the digest of the input before it."""
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    folder = tmp_path_factory.mktemp("audit") / "out"
    return folder, run("audit", file, *OPTIONS, "-o", folder), before


def tables(folder):
    """The tables of a study as text, without the clock."""
    return {path.name: path.read_bytes() for path in sorted((folder / "tables").glob("*.csv"))}


def test_an_audit_ends_well(audited):
    """Exit code 0; three plain sentences and the path of the report on standard output; the plan on the other."""
    folder, ended, _ = audited
    assert (ended.returncode, "Traceback" in ended.stderr) == (0, False), ended.stderr
    lines = ended.stdout.strip().splitlines()
    assert lines[0] == "planted.h5ad, mine:"
    assert [line.startswith("  - ") and line.endswith(".") for line in lines[1:4]] == [True] * 3
    assert "3 of 3 clusters come back" in lines[1]
    assert "The clusters follow type" in lines[2]
    assert lines[4:] == [f"Report: {folder / 'report.html'}"]
    assert "the multiverse: " in ended.stderr
    assert "about" in ended.stderr


def test_everything_is_in_the_folder(audited):
    """Report, spec, answers, partitions, tables in two forms, figures in two forms, an annotated copy."""
    folder = audited[0]
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
    folder, _, before = audited
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before
    copy, original = ad.read_h5ad(folder / "annotated.h5ad"), ad.read_h5ad(file)
    added = [name for name in copy.obs if name not in original.obs]
    assert added == ["rashomon_stability", "rashomon_verdict"]
    pd.testing.assert_frame_equal(copy.obs.drop(columns=added), original.obs)
    assert (copy.X != original.X).nnz == 0
    assert copy.n_obs == N_OBS


def test_nothing_of_the_machine_is_written_down(audited, file):
    """No path of the user stands in the report, the spec, the answers or the tables."""
    folder = audited[0]
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


def test_an_interrupted_audit_goes_on(audited, file, tmp_path):
    """Ctrl-C: exit code 130 and a word on how to go on; the same command then ends with the same tables."""
    folder = tmp_path / "out"
    stopped = subprocess.Popen(
        command("audit", file, *OPTIONS, "-o", folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while len(list(folder.glob("artefacts/*/*.parquet"))) < 5 and stopped.poll() is None:
        time.sleep(0.02)
    # as a terminal does: to the whole group
    os.killpg(stopped.pid, signal.SIGINT)
    out, err = stopped.communicate(timeout=120)
    assert (stopped.returncode, out.strip(), "Traceback" in err) == (130, "", False), err
    assert err.rstrip().endswith("stopped; run the same command again to go on from here")
    assert [path.name for path in folder.iterdir()] == ["artefacts"]
    ended = run("audit", file, *OPTIONS, "-o", folder)
    assert ended.returncode == 0, ended.stderr
    assert " of them reused" in ended.stderr
    assert tables(folder) == tables(audited[0])
    assert (folder / "answers.json").read_bytes() == (audited[0] / "answers.json").read_bytes()


def test_a_second_run_computes_nothing(audited, file):
    """The same command again finds every run, and writes the same tables."""
    folder, first, _ = audited
    before = tables(folder)
    records = {path: path.stat().st_mtime_ns for path in folder.glob("artefacts/*/*.parquet")}
    ended = run("audit", file, *OPTIONS, "-o", folder)
    assert (ended.returncode, ended.stdout) == (0, first.stdout)
    assert "steps: none" in ended.stderr
    assert {path: path.stat().st_mtime_ns for path in folder.glob("artefacts/*/*.parquet")} == records
    assert tables(folder) == before
