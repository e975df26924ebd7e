"""F01, F11, F19, F21, F28: whole studies, run as ``rashomon run`` does: killed, interrupted, damaged, moved."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from rashomon.engine.ledger import LEDGER
from rashomon.study.ledger_rebuild import rebuild_ledger
from rashomon.study.seal import verify
from tests import small_study
from tests.architecture.source import ROOT
from tests.fault.study import temporary_files
from tests.fault.test_place import DROP, read_only

FULL = os.environ.get("RASHOMON_FAULTS") == "full"
N_KILLS = 30 if FULL else 4
SEED = 20260103

RUN = """
import os, sys
from pathlib import Path
from rashomon.core import silent
from rashomon.tl.study_run import run_study
import rashomon.report, rashomon.study.benchmark, rashomon.sim
for line in sys.stdin:
    child = os.fork()
    if not child:
        code = 1
        try:
            run_study(line.strip(), announce=silent, progress=silent)
            code = 0
        except KeyboardInterrupt:
            code = 130
        finally:
            os._exit(code)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Runs the study of each line in a process of its own, which needs no start; names the process, then its exit code."""

REPORT = f"""
import sys
from rashomon.core import silent
from rashomon.tl.study_report import report_study
report_study(sys.argv[1], out=sys.argv[2] + "_root", announce=silent)  # imported before the right to write is given up
{DROP}
report_study(sys.argv[1], out=sys.argv[2], announce=silent)
"""


@pytest.fixture
def runner():
    """A process that starts studies at once."""
    given = [sys.executable, "-c", RUN]
    with subprocess.Popen(given, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.stdin.close()


def run_for(process, file, seconds, number=signal.SIGKILL):
    """Run a study and send it a signal after some seconds; return its exit code."""
    process.stdin.write(f"{file}\n")
    process.stdin.flush()
    child = int(process.stdout.readline())
    time.sleep(seconds)
    # it may have ended before
    with suppress(ProcessLookupError):
        os.kill(child, number)
    return int(process.stdout.readline())


def timed(process, file):
    """Seconds that a study takes which nobody disturbs."""
    begun = time.monotonic()
    process.stdin.write(f"{file}\n")
    process.stdin.flush()
    process.stdout.readline()
    assert process.stdout.readline() == "0\n"
    return time.monotonic() - begun


@pytest.mark.fault
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_f01_f19_a_whole_study_is_ended_at_random_moments(tmp_path, runner, record, number):
    """F01, F19: killed or interrupted from its first moment to its seal; run again it ends sealed, the tables equal."""
    (tmp_path / "first").mkdir()
    seconds = timed(runner, small_study.benchmark_in(tmp_path / "first"))
    expected = small_study.tables(small_study.finished())
    assert small_study.tables(tmp_path / "first" / "bench_study") == expected
    draw, ended, states = np.random.default_rng(SEED), Counter(), Counter()
    while sum(ended.values()) < N_KILLS:
        home = tmp_path / str(sum(ended.values()))
        home.mkdir()
        file = small_study.benchmark_in(home)
        code = run_for(runner, file, draw.uniform(0, 1.1 * seconds), number)
        ended[code] += 1
        assert code in {0, -signal.SIGKILL if number == signal.SIGKILL else 130}
        there = home / "bench_study"
        sealed = (there / "manifest.json").exists()
        states["sealed" if sealed else "begun" if there.exists() else "not begun"] += 1
        if code == 0:
            assert verify(there).exit_code == 0
        small_study.run_quietly(file)
        assert small_study.tables(there) == expected
        assert verify(there).exit_code == 0
        assert temporary_files(there) == []
        shutil.rmtree(home)
    record(
        f"faults_study_{signal.Signals(number).name.lower()}",
        claim="a whole study is ended at a random moment: run again, it is sealed and its tables are the same",
        seed=SEED,
        figures={
            "ended": {str(code): n for code, n in sorted(ended.items())},
            "states": dict(sorted(states.items())),
            "tables_that_differ": 0,
        },
    )


@pytest.mark.fault
def test_f21_the_surroundings_change_no_byte(tmp_path):
    """F21: another locale, time zone and umask, without HOME, terminal or standard input: the same tables and page."""
    names = ("PATH", "NUMBA_CACHE_DIR", "VIRTUAL_ENV")
    bare = {name: os.environ[name] for name in names if name in os.environ}
    given = [sys.executable, "-m", "rashomon.cli", "run", str(small_study.benchmark_in(tmp_path))]
    done = subprocess.run(
        given,
        cwd=ROOT,
        env=bare | {"LC_ALL": "C", "LANG": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu", "TERM": "dumb"},
        umask=0o077,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-1500:]
    folder = tmp_path / "bench_study"
    assert small_study.tables(folder) == small_study.tables(small_study.finished())
    assert (folder / "report.html").read_bytes() == (small_study.finished() / "report.html").read_bytes()
    assert verify(folder).exit_code == 0


@pytest.mark.fault
@pytest.mark.parametrize("seed", range(4 if FULL else 1))
def test_f11_a_lost_ledger_is_made_anew(tmp_path, seed):
    """F11: overwritten, it is made anew from the records; the study goes on, computes nothing, and is sealed again."""
    folder = small_study.copied(tmp_path)
    content = bytearray((folder / LEDGER).read_bytes())
    draw = np.random.default_rng(seed)
    start = int(draw.integers(len(content) // 2))
    content[start:] = draw.bytes(len(content) - start)
    (folder / LEDGER).write_bytes(content)
    assert verify(folder).exit_code == 5
    rebuild_ledger(folder)
    kept = {path: path.stat().st_mtime_ns for path in folder.glob("artefacts/*/[!.]*.parquet")}
    small_study.run_quietly(tmp_path / "bench.yaml")
    assert small_study.tables(folder) == small_study.tables(small_study.finished())
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert verify(folder).exit_code == 0


@pytest.mark.fault
def test_f28_the_report_of_a_moved_read_only_study_is_written(tmp_path):
    """F28: by a user who may write nowhere in the study: the same page, and the study as it was."""
    with tempfile.TemporaryDirectory(prefix="rashomon-") as name:
        home = Path(name)
        home.chmod(0o755)
        folder, out = home / "moved", home / "out"
        small_study.copied(tmp_path).rename(folder)
        out.mkdir()
        out.chmod(0o777)
        before = small_study.state(folder)
        read_only(folder)
        given = [sys.executable, "-c", REPORT, str(folder), str(out / "page.html")]
        done = subprocess.run(given, cwd=ROOT, capture_output=True, text=True, check=False)
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755)
        assert done.returncode == 0, done.stderr[-1500:]
        assert (out / "page.html").read_bytes() == (folder / "report.html").read_bytes()
        assert small_study.state(folder) == before
        assert json.loads((folder / "spec.json").read_text(encoding="utf-8"))["rashomon"] == 1
