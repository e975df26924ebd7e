"""A study file is run, goes on where it was stopped, and says what was edited."""

import json
import signal

import pandas as pd
import pytest

from rashomon.core import InputError, StoreError, UsageError, silent
from rashomon.engine import Interrupted
from rashomon.engine.ledger import LEDGER, Ledger
from rashomon.engine.lock import StudyLock
from rashomon.study import Audit
from rashomon.study.benchmark import Benchmark
from rashomon.study.seal import keygen, verify
from rashomon.study.spec import parse_spec, read_spec
from rashomon.tl.study_run import edited, run_study
from tests import planted, small_study
from tests.small_study import BENCHMARK, LABELS, N_RECORDS, run_quietly, tables


def test_a_benchmark_is_run_into_a_folder_beside_its_file(tmp_path):
    """Tables, page, records and seal; the study file with its comments; what was found in sentences."""
    folder = small_study.copied(tmp_path)
    assert folder == tmp_path / "bench_study"
    assert (folder / "study.yaml").read_text(encoding="utf-8") == BENCHMARK
    assert {"answers.json", "report.html", "spec.json", "tables", "manifest.json"} <= {p.name for p in folder.iterdir()}
    assert len(list(folder.glob("artefacts/*/*.parquet"))) == N_RECORDS
    assert verify(folder).exit_code == 0
    assert json.loads((folder / "spec.json").read_text(encoding="utf-8"))["data"]["worlds"]["world"] == "ideal"


def test_a_finished_study_computes_nothing_again(tmp_path):
    """Records keep their time, tables their bytes; the ledger counts what was reused."""
    folder = small_study.copied(tmp_path)
    before, records = tables(folder), {p: p.stat().st_mtime_ns for p in folder.glob("artefacts/*/*")}
    found = run_quietly(tmp_path / "bench.yaml")
    assert isinstance(found.found, Benchmark)
    assert (found.folder, found.n_failed) == (folder, 0)
    assert found.lines()[-1] == f"Report: {folder / 'report.html'}"
    assert found.lines()[0].startswith("- one at a time: 2 settings x 1 seeds = 2 data sets; 2 pipelines on each")
    assert tables(folder) == before
    assert {path: path.stat().st_mtime_ns for path in records} == records
    with Ledger(folder / LEDGER, readonly=True) as ledger:
        assert [row["n_reused"] for row in ledger.rows("session")] == [0, N_RECORDS]


@pytest.mark.parametrize("at", [1, 7])
def test_ctrl_c_keeps_what_was_finished_and_the_next_run_ends_the_same(tmp_path, at):
    """Stopped once: a partial page, its records, no seal; run again: the tables of an undisturbed run."""
    file, folder = small_study.benchmark_in(tmp_path), tmp_path / "bench_study"

    def press(event):
        if event.done == at:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted, match="the same command goes on from there") as caught:
        run_quietly(file, progress=press)
    assert caught.value.exit_code == 130
    kept = {path: path.stat().st_mtime_ns for path in folder.glob("artefacts/*/*.parquet")}
    assert len(kept) == at
    assert "not run: stopped on request" in (folder / "tables" / "runs.csv").read_text(encoding="utf-8")
    assert (folder / "report.html").stat().st_size > 10_000
    assert not list(folder.glob("manifest.json")) + list(folder.glob("statement.json"))
    run_quietly(file)
    assert tables(folder) == tables(small_study.finished())
    assert (folder / "report.html").read_bytes() == (small_study.finished() / "report.html").read_bytes()
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert verify(folder).exit_code == 0


def test_another_engine_gives_the_same_tables(tmp_path):
    """What the command line says stands in place of what the file says, and changes no byte."""
    found = run_quietly(
        small_study.benchmark_in(tmp_path), engine={"name": "processes", "n_jobs": 2}, out=tmp_path / "o"
    )
    assert found.folder == tmp_path / "o"
    assert tables(tmp_path / "o") == tables(small_study.finished())


def test_an_edited_file_says_what_changed_before_it_starts(tmp_path):
    """Each change in a line; what still applies is reused: with one more resolution only its runs are new."""
    folder = small_study.copied(tmp_path)
    file = small_study.benchmark_in(tmp_path, text=BENCHMARK.replace("[0.5, 1.0]", "[0.5, 1.0, 2.0]"))
    told, done = [], []
    run_quietly(file, announce=told.append, progress=done.append)
    assert told[:2] == [
        "the study file was edited; finished runs that still apply are reused, others are computed:",
        "multiverse.resolution: 2.0 is new",
    ]
    assert (done[0].done, done[0].total) == (N_RECORDS, N_RECORDS + 4)
    with Ledger(folder / LEDGER, readonly=True) as ledger:
        first, second = ledger.rows("session")
    assert first["spec_digest"] != second["spec_digest"]


def test_comments_are_no_edit(tmp_path):
    """Nothing is said of a first run, nor where only comments, order or numbers of equal value differ."""
    spec, _ = parse_spec(BENCHMARK.encode())
    assert edited(spec, tmp_path / "none") == []
    folder = small_study.copied(tmp_path)
    assert edited(parse_spec(BENCHMARK.replace("# the", "# their").encode())[0], folder) == []
    found = edited(parse_spec(BENCHMARK.replace("seed: 0\n", "seed: 1\n").encode())[0], folder)
    assert found[1:] == ["seed: was 0, is 1"]


def test_a_study_that_runs_is_refused(tmp_path):
    """With the code of the rule, before anything is drawn; its files stay as they are."""
    folder = small_study.copied(tmp_path)
    with StudyLock(folder):
        before = small_study.state(folder)
        with pytest.raises(StoreError, match="is being run by process") as caught:
            run_quietly(tmp_path / "bench.yaml")
        assert caught.value.code == "store.locked"
        assert small_study.state(folder) == before


def test_labels_of_a_table_are_audited(tmp_path):
    """Without a matrix question 3 is answered, and the trip-wires speak; the study file is the user's."""
    found = run_quietly(small_study.labels_in(tmp_path))
    assert isinstance(found.found, Audit)
    assert "- The clusters follow type" in "\n".join(found.lines())
    assert read_spec(found.folder / "study.yaml")[1] == LABELS
    assert verify(found.folder).exit_code == 0


REPEATED = """\
rashomon: 1
data: {file: cells.h5ad}
labels: mine
multiverse: {normalise: [log CP10k], n_genes: [75], scale: [none], n_pcs: [20, 10], n_neighbours: [8],
             resolution: [1.0], seed: [0]}
perturbations: [halves]
n_replicates: 2
repeat_all: true
questions: [stability]
scores: [modularity]
engine: {name: serial}
seed: 0
"""


@pytest.mark.slow  # ten seconds
def test_a_file_says_which_perturbations_are_run_and_of_which_pipelines(tmp_path):
    """Only half-samples, of both pipelines; what is resumed is what was asked; an edit is said before it starts."""
    planted.adata().write_h5ad(tmp_path / "cells.h5ad")
    (tmp_path / "study.yaml").write_text(REPEATED, encoding="utf-8")
    found = run_quietly(tmp_path / "study.yaml")
    runs = pd.read_parquet(found.folder / "tables" / "runs.parquet")
    assert runs.groupby(["pipeline", "perturbation"]).size().tolist() == [2, 1, 2, 1]
    assert set(runs["perturbation"]) == {"none", "halves"}
    table = pd.read_parquet(found.folder / "tables" / "pipeline_repeats.parquet")
    assert table["n_repeats"].tolist() == [2, 2]
    (tmp_path / "study.yaml").write_text(REPEATED.replace("[halves]", "[halves, seed]"), encoding="utf-8")
    said = []
    again = run_quietly(tmp_path / "study.yaml", announce=said.append)
    assert any("perturbations" in line for line in said)
    more = pd.read_parquet(again.folder / "tables" / "runs.parquet")
    assert set(more["perturbation"]) == {"none", "halves", "seed"}


def test_a_refused_input_leaves_no_folder(tmp_path):
    """A column that is not there, a file that is not there: nothing remains of either."""
    file = small_study.labels_in(tmp_path, text=LABELS.replace("coin", "coyn"))
    with pytest.raises(InputError, match="there is no column 'coyn'"):
        run_quietly(file)
    (tmp_path / "labels.csv").unlink()
    with pytest.raises(InputError, match="there is no file"):
        run_quietly(file)
    assert [path.name for path in tmp_path.iterdir()] == ["labels.yaml"]


def test_a_wrong_study_file_has_lines_and_columns(tmp_path):
    """All errors at once, and no folder."""
    file = small_study.benchmark_in(tmp_path, text=BENCHMARK.replace("n_seeds: 1", "n_seeds: no").replace("ari", "ary"))
    with pytest.raises(UsageError, match=r"2 errors\n  - bench.yaml:9:14: found the text 'no'") as caught:
        run_study(file, announce=silent, progress=silent)
    assert caught.value.code == "spec.content"
    assert [path.name for path in tmp_path.iterdir()] == ["bench.yaml"]


def test_results_are_signed(tmp_path):
    """With the private key of a pair, and by nobody else."""
    mine, other = keygen(tmp_path / "mine"), keygen(tmp_path / "other")
    found = run_quietly(small_study.labels_in(tmp_path), key=mine.private)
    assert verify(found.folder, key=mine.public).exit_code == 0
    assert verify(found.folder, key=other.public).exit_code == 5


def test_what_fails_is_counted(tmp_path, monkeypatch):
    """A method that raises is a row with its reason; the study ends, and its report says so."""
    (tmp_path / "own_failing.py").write_text("def broken(view):\n    raise ValueError('no luck')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    text = BENCHMARK.replace("seed: 0\n", "clusterers: ['own_failing:broken']\nseed: 0\n")
    found = run_quietly(small_study.benchmark_in(tmp_path, text=text))
    assert found.n_failed == 2
    assert found.found.failed["reason"].str.contains("no luck").all()
    assert verify(found.folder).exit_code == 0


def test_the_title_and_the_command_are_on_record(tmp_path):
    """In the ledger and in the statement of the seal."""
    found = run_quietly(small_study.labels_in(tmp_path, text=f"title: How far\n{LABELS}"))
    with Ledger(found.folder / LEDGER, readonly=True) as ledger:
        assert [row["command"] for row in ledger.rows("session")] == ["run labels.yaml"]
    said = (found.folder / "statement.json").read_text(encoding="utf-8")
    assert str(tmp_path) not in said
    assert "labels.yaml" in said
    crate = (found.folder / "ro-crate-metadata.json").read_text(encoding="utf-8")
    assert "How far" in crate
