"""The commands about studies: what they print, where, and with which exit code they end."""

import json
import sys

import pandas as pd
import pytest

from rashomon import cli
from rashomon.core import UsageError
from rashomon.engine.ledger import LEDGER, Ledger
from rashomon.engine.lock import StudyLock
from rashomon.study.spec import read_spec
from tests import small_study
from tests.planted import adata
from tests.small_study import BENCHMARK, N_RECORDS


@pytest.fixture
def call(monkeypatch, capsys):
    """Run the command line in this process; give back exit code, output and errors."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["rashomon", *map(str, arguments)])
        monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return ended.value.code or 0, told.out, told.err

    return run


@pytest.fixture
def study(tmp_path):
    """A copy of the finished benchmark."""
    return small_study.copied(tmp_path)


def flip(file):
    """Change a byte in the middle of a file."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_init_check_and_run_follow_each_other(call, tmp_path):
    """From data to a report: each command names the next one."""
    adata().obs.rename(columns={"mine": "leiden"}).to_csv(tmp_path / "labels.csv")
    code, out, _ = call("init", tmp_path / "labels.csv")
    file = tmp_path / "labels.yaml"
    assert (code, out) == (0, f"{file}: read it, then: rashomon check {file}; rashomon run {file}\n")
    assert read_spec(file)[0].data.file == "labels.csv"
    text = file.read_text(encoding="utf-8")
    code, out, err = call("check", file)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == f"results go to {tmp_path / 'labels_study'}"
    assert not (tmp_path / "labels_study").exists()
    code, out, err = call("run", file)
    assert code == 0, err
    assert out.splitlines()[-1] == f"Report: {tmp_path / 'labels_study' / 'report.html'}"
    assert (tmp_path / "labels_study" / "study.yaml").read_text(encoding="utf-8") == text


def test_init_writes_where_it_is_told(call, tmp_path):
    """With -o; over nothing that stands there."""
    small_study.labels_in(tmp_path)
    assert call("init", tmp_path / "labels.csv", "-o", tmp_path / "mine.yaml")[0] == 0
    code, out, err = call("init", tmp_path / "labels.csv", "-o", tmp_path / "mine.yaml")
    assert (code, out) == (2, "")
    assert "spec.output" in err


@pytest.mark.parametrize("command", ["check", "run"])
def test_errors_of_a_study_file_have_places(call, tmp_path, command):
    """Exit code 2, every error with line and column; nothing is written."""
    text = BENCHMARK.replace("n_seeds: 1", "n_sedes: 1").replace("seed: 0\n", "seed: -1\n")
    code, out, err = call(command, small_study.benchmark_in(tmp_path, text=text))
    assert (code, out) == (2, "")
    assert "bench.yaml:9:5: found the unknown key" in err
    assert "bench.yaml:15:7: found " in err
    assert "did you mean 'n_seeds'" in err
    assert [path.name for path in tmp_path.iterdir()] == ["bench.yaml"]


def test_run_prints_what_was_found(call, study):
    """Sentences and the page on standard output; progress on the other; the command line has the last word."""
    code, out, err = call("run", study.parent / "bench.yaml", "-o", study, "--engine", "processes", "--jobs", "1")
    assert code == 0
    assert out.startswith("- one at a time: 2 settings x 1 seeds = 2 data sets; 2 pipelines on each")
    assert out.splitlines()[-1] == f"Report: {study / 'report.html'}"
    assert "benchmark" in err
    code, _, err = call("run", study.parent / "bench.yaml", "--engine", "proceses")
    assert code == 2
    assert "unknown engine 'proceses'" in err


def test_failed_runs_have_their_own_exit_code(call, tmp_path, monkeypatch):
    """Finished, with rows that failed: 4, and how many on standard error."""
    (tmp_path / "own_broken.py").write_text("def broken(view):\n    raise ValueError('no')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    text = BENCHMARK.replace("seed: 0\n", "clusterers: ['own_broken:broken']\nseed: 0\n")
    code, out, err = call("run", small_study.benchmark_in(tmp_path, text=text))
    assert code == 4
    assert "2 failed" in out
    assert err.rstrip().endswith("2 runs failed; the report says why.")


def test_a_function_beside_the_study_file_is_found(call, tmp_path):
    """As ``module:function``, wherever the command is run, and after all libraries."""
    (tmp_path / "own_beside.py").write_text("def halves(view):\n    return (view[:, 0] > 0).astype(int)\n")
    text = BENCHMARK.replace("seed: 0\n", "clusterers: ['own_beside:halves']\nseed: 0\n")
    code, out, err = call("check", small_study.benchmark_in(tmp_path, text=text))
    assert code == 0, err
    assert "clusterer=halves" in out
    assert sys.path.count(str(tmp_path)) == 1
    call("check", tmp_path / "bench.yaml")
    assert sys.path.count(str(tmp_path)) == 1
    assert sys.path[-1] == str(tmp_path)


def test_a_study_that_runs_is_refused(call, study):
    """Exit code 5, naming the process; status is answered meanwhile."""
    with StudyLock(study, command="run bench.yaml"):
        code, out, err = call("run", study.parent / "bench.yaml")
        assert (code, out) == (5, "")
        assert "store.locked" in err
        code, out, _ = call("status", study)
        assert code == 0
        assert out.startswith("bench_study: running by process")


def test_status_is_for_people_and_machines(call, study):
    """Lines, or JSON with the same numbers."""
    code, out, _ = call("status", study)
    assert code == 0
    assert out.startswith("bench_study: finished\n")
    assert f"in the ledger: {N_RECORDS} records, 0 of them failed" in out
    found = json.loads(call("status", study, "--json")[1])
    assert (found["state"], found["records"]) == ("finished", {"ok": N_RECORDS})


def test_verify_finds_a_changed_byte(call, study):
    """Exit code 0 before, 5 after; the file is named, for machines too."""
    code, out, _ = call("verify", study)
    assert code == 0
    assert "not signed" in out
    flip(study / "tables" / "scores.csv")
    code, out, _ = call("verify", study)
    assert code == 5
    assert "tables/scores.csv was changed" in out
    code, out, _ = call("verify", study, "--json")
    assert code == 5
    assert "tables/scores.csv was changed" in json.dumps(json.loads(out))


def test_a_signed_study_is_verified_with_the_public_key(call, tmp_path):
    """A pair is made, its private key signs, its public key verifies; a key of somebody else does not."""
    code, out, _ = call("keygen", tmp_path / "me")
    assert (code, "keep it" in out) == (0, True)
    call("keygen", tmp_path / "other")
    file = small_study.labels_in(tmp_path)
    assert call("run", file, "--sign", tmp_path / "me")[0] == 0
    code, out, _ = call("verify", tmp_path / "labels_study", "--key", tmp_path / "me.pub")
    assert code == 0, out
    assert call("verify", tmp_path / "labels_study", "--key", tmp_path / "other.pub")[0] == 5


def test_a_file_tells_whether_it_is_simulated(call, tmp_path, study):
    """A table of a benchmark does, and a table of measured labels says that nothing marks it."""
    code, out, _ = call("verify", study / "tables" / "scores.csv")
    assert (code, "simulated" in out) == (0, True)
    small_study.labels_in(tmp_path)
    measured = call("verify", tmp_path / "labels.csv")[1]
    assert measured != out


def test_tables_are_exported(call, study, tmp_path):
    """As CSV or parquet, each named on a line, with a dictionary; another form is refused."""
    code, out, _ = call("export", study, "-o", tmp_path / "csv", "--form", "csv")
    assert code == 0
    assert "scores" in out.splitlines()
    exported = pd.read_csv(tmp_path / "csv" / "scores.csv")
    assert exported["value"].tolist() == pd.read_csv(study / "tables" / "scores.csv")["value"].tolist()
    assert call("export", study, "-o", tmp_path / "parquet")[0] == 0
    assert (tmp_path / "parquet" / "scores.parquet").exists()
    assert call("export", study, "-o", tmp_path / "x", "--form", "xlsx")[0] == 2


def test_the_report_is_written_anew(call, study, tmp_path):
    """Beside the folder, or where the user says; its path on standard output."""
    code, out, _ = call("report", study, "-o", tmp_path / "page.html")
    assert (code, out) == (0, f"Report: {tmp_path / 'page.html'}\n")
    assert (tmp_path / "page.html").read_bytes() == (study / "report.html").read_bytes()


def test_jobs_are_planned_and_run(call, tmp_path):
    """Where no process may wait for others; an unknown number is a mistake of the call."""
    file, folder = small_study.benchmark_in(tmp_path), tmp_path / "bench_study"
    code, out, _ = call("plan", file, "--units", 1)
    assert (code, out.splitlines()[0]) == (0, f"{N_RECORDS} runs are missing: {N_RECORDS} in 1 jobs")
    assert call("run-unit", folder, 1)[0] == 0
    assert call("run-unit", folder, 2)[0] == 2
    code, out, _ = call("plan", file)
    assert (code, out.splitlines()[-1]) == (0, f"Report: {folder / 'report.html'}")
    assert small_study.tables(folder) == small_study.tables(small_study.finished())


def test_a_ledger_is_examined_and_made_anew(call, study):
    """By doctor: intact, or refused with exit code 5 until it is rebuilt from the records."""
    code, out, _ = call("doctor", study)
    assert (code, out) == (0, "the ledger of bench_study is intact; rashomon verify checks its results\n")
    (study / LEDGER).write_bytes(b"hello" * 1000)
    code, _, err = call("doctor", study)
    assert code == 5
    assert "store.ledger" in err
    code, out, _ = call("doctor", study, "--rebuild")
    assert code == 0, out
    with Ledger(study / LEDGER, readonly=True) as ledger:
        assert ledger.counts() == {"ok": N_RECORDS}


def test_what_is_no_study_is_refused(call, tmp_path):
    """By every command that wants one, in four lines and without a traceback."""
    for command in (("status",), ("report",), ("verify",), ("export", "-o", tmp_path / "out"), ("run",), ("check",)):
        code, out, err = call(command[0], tmp_path / "none", *command[1:])
        assert code in {2, 3, 5}, command
        assert err.startswith("error: "), (command, out)


def test_an_interruption_is_130(call, monkeypatch, tmp_path):
    """Ctrl-C inside a command ends with that exit code and one line."""

    def press(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("rashomon.tl.study_run.read_spec", press)
    code, out, err = call("run", small_study.benchmark_in(tmp_path))
    assert (code, out) == (130, "")
    assert err.rstrip().endswith("run the same command again to go on from here")


def test_the_engine_of_the_command_line_has_an_address():
    """NAME, or NAME:ADDRESS; what is not said is left to the file."""
    from rashomon.cli_study import _engine

    assert _engine(None, None) == {}
    assert _engine("serial", None) == {"name": "serial"}
    assert _engine("dask:tcp://host:8786", 3) == {"name": "dask", "address": "tcp://host:8786", "n_jobs": 3}
    assert _engine(None, 0) == {"n_jobs": 0}
    with pytest.raises(UsageError, match="unknown engine"):
        from rashomon.engine import Engine

        Engine(**_engine("dsk", None))
