"""F01: whatever moment a coordinator is killed at, nothing acknowledged is lost, and the tables end up the same."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.architecture.source import ROOT
from tests.fault.study import offences, run_study, temporary_files

FULL = os.environ.get("RASHOMON_FAULTS") == "full"
N_RECORDS = 30
N_KILLS = 100 if FULL else 10
N_WORKERS_KILLED = 50 if FULL else 4
SEED = 20260101


@pytest.mark.fault
def test_f01_kill_the_coordinator_at_random_moments(tmp_path, record):
    """F01: half of the kills at random times, half around a flush, a rename or a commit; resumed until done."""
    command = [sys.executable, "-m", "tests.fault.killer", str(tmp_path), str(N_RECORDS), str(N_KILLS), str(SEED)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    *lines, total = map(json.loads, done.stdout.splitlines())
    assert total["kills"] == N_KILLS
    assert {line["code"] for line in lines} <= {0, -signal.SIGKILL}
    assert [line for line in lines if line.get("offences") or line.get("after")] == []
    ended = [line for line in lines if "same" in line]
    assert all(line["same"] for line in ended)
    assert [line["left"] for line in ended if line["left"]] == []
    killed = [line for line in lines if line["code"]]
    places = Counter(f"{line['kind']} {line['act']}".strip() or "a random time" for line in killed)
    assert sum(n for place, n in places.items() if place != "a random time") >= 0.4 * N_KILLS
    record(
        "faults_kill",
        claim="kill -9 of the coordinator: no acknowledged record is lost, the final table equals the undisturbed one",
        seed=SEED,
        figures={
            "kills": total["kills"],
            "places": dict(sorted(places.items())),
            "studies_finished": len(ended),
            "records_per_study": N_RECORDS + 1,
            "acknowledged": sum(line["acknowledged"] for line in lines),
            "lost": 0,
            "tables_that_differ": 0,
        },
    )


def children(process):
    """Processes that a process started."""
    listed = Path(f"/proc/{process}/task/{process}/children")
    found = []
    for task in listed.parent.parent.glob("*/children"):
        try:
            found += map(int, task.read_text().split())
        except OSError:
            continue
    return found


@pytest.mark.fault
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to find workers")
def test_f02_kill_workers(tmp_path, record):
    """F02: workers are killed at random times; every record is there in the end, and the table is the serial one."""
    expected = run_study(tmp_path / "serial", N_RECORDS)
    draw = np.random.default_rng(SEED)
    kills, studies = 0, 0
    while kills < N_WORKERS_KILLED:
        place = tmp_path / str(studies)
        command = [sys.executable, "-m", "tests.fault.study", str(place), str(N_RECORDS), "processes"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        before = kills
        while process.poll() is None and kills < N_WORKERS_KILLED and kills < before + 2:
            time.sleep(draw.uniform(0.0, 0.6))
            alive = children(process.pid)
            if alive:
                os.kill(int(draw.choice(alive)), signal.SIGKILL)
                kills += 1
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        studies += 1
        assert offences(place, said.split()) == []
        # a record on which workers died too often has failed, with that reason; the next run tries it again
        assert run_study(place, N_RECORDS) == expected
    record(
        "faults_kill_worker",
        claim="kill -9 of workers: the run ends by itself, and the table equals the serial one",
        seed=SEED,
        figures={"kills": kills, "studies": studies, "records_per_study": N_RECORDS + 1, "tables_that_differ": 0},
    )


@pytest.mark.fault
def test_f26_after_kills_a_resumed_study_has_no_temporary_files(tmp_path):
    """F26: what a coordinator left at a rename is gone after the next start."""
    code = (
        "import sys\nfrom tests.fault.shim import Fault, installed\nfrom tests.fault.study import run_study\n"
        "with installed(Fault('replace', 9, 'half')):\n    run_study(sys.argv[1], 10)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(temporary_files(tmp_path)) == 1
    run_study(tmp_path, 10)
    assert temporary_files(tmp_path) == []
