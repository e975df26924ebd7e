"""F06, F07: every flush, rename, commit and write fails once; nothing half written is seen, the next run goes on."""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter

import pytest

from rashomon.core import StoreError
from tests.architecture.source import ROOT
from tests.fault.shim import KINDS, Fault, installed
from tests.fault.study import offences, run_study, temporary_files

FULL = os.environ.get("RASHOMON_FAULTS") == "full"
N = 12 if FULL else 4
CODES = ("ENOSPC", "EIO", "EDQUOT") if FULL else ("ENOSPC",)
CALLS = ("write", "pwrite64", "fsync", "fdatasync", "rename")


def undisturbed(folder):
    """The table of a study that nothing happened to, and how many calls it makes."""
    with installed(Fault()) as fault:
        return run_study(folder, N), dict(fault.counts)


@pytest.mark.fault
def test_f07_every_flush_rename_and_commit_fails_once(tmp_path, record):
    """F07: the run ends with our error, what was acknowledged is intact, no half file shows; the next run finishes."""
    expected, counts = undisturbed(tmp_path / "undisturbed")
    outcomes = Counter()
    for kind in KINDS:
        for number in range(1, counts[kind] + 1):
            for code in CODES if kind != "commit" else ("SQLITE_FULL",):
                folder, acknowledged = tmp_path / f"{kind}{number}{code}", []
                with installed(Fault(kind, number, code)), pytest.raises(StoreError) as caught:
                    run_study(folder, N, acknowledge=acknowledged.append)
                assert caught.value.code == "store.write", (kind, number, code)
                outcomes[kind] += 1
                assert offences(folder, acknowledged) == []
                assert temporary_files(folder) == []
                assert run_study(folder, N) == expected
                assert offences(folder, acknowledged) == []
                shutil.rmtree(folder)
    assert outcomes == {kind: counts[kind] * (len(CODES) if kind != "commit" else 1) for kind in KINDS}
    record(
        "faults_write",
        claim="every flush, rename and commit fails once: refused with a reason, nothing acknowledged is lost, resumed",
        seed=0,
        figures={"failed_calls": dict(outcomes), "errors": list(CODES), "lost": 0, "tables_that_differ": 0},
    )


def traced(folder, *options):
    """Run the study under strace; return the exit code, the acknowledged keys, and what was traced."""
    log = folder.parent / f"{folder.name}.strace"
    command = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={','.join(CALLS)}", *options]
    study = [sys.executable, "-m", "tests.fault.study", str(folder), "2"]
    done = subprocess.run([*command, *study], cwd=ROOT, capture_output=True, text=True, check=False)
    return done, log.read_text() if log.exists() else ""


def can_trace():
    """Whether strace is here and may inject errors."""
    if shutil.which("strace") is None:
        return False
    probe = ["strace", "-qq", "-e", "trace=write", "-e", "inject=write:error=EIO:when=1", "true"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


@pytest.mark.fault
@pytest.mark.skipif(not can_trace(), reason="needs strace with permission to trace")
def test_f06_every_system_call_that_writes_fails_once(tmp_path, record):
    """F06, F07: also inside SQLite and Arrow: a failed or killed write, flush or rename leaves a study that goes on."""
    expected = run_study(tmp_path / "undisturbed", 2)
    _, log = traced(tmp_path / "counted")
    counts = {call: len(re.findall(rf"^\d+ +{call}\(", log, re.MULTILINE)) for call in CALLS}
    plans = [(call, number) for call, n in counts.items() for number in range(1, n + 1)]
    chosen = plans if FULL else plans[:: max(1, len(plans) // 6)]
    outcomes = Counter()
    for i, (call, number) in enumerate(chosen):
        act = ("error=ENOSPC", "error=EIO", "signal=KILL")[i % 3]
        folder = tmp_path / f"{call}{number}"
        done, _ = traced(folder, "-e", f"inject={call}:{act}:when={number}")
        # a failed write to standard output is an error of Python; of the study, ours
        outcomes["ended well" if done.returncode == 0 else "killed" if done.returncode < 0 else "refused"] += 1
        told = [line for line in done.stdout.split() if re.fullmatch("[0-9a-f]{64}", line)]
        assert offences(folder, told) == [], (call, number, act)
        assert run_study(folder, 2) == expected, (call, number, act)
        assert offences(folder, told) == []
    record(
        "faults_system_call",
        claim="a write, flush or rename fails or is killed in the kernel: nothing acknowledged is lost, resumed",
        seed=0,
        figures={"calls": counts, "tried": len(chosen), "outcomes": dict(outcomes), "lost": 0},
    )


def limited(size):
    """Make files end at a size, as a quota does; the signal that comes with it is ignored."""

    def before():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return before


@pytest.mark.fault
@pytest.mark.parametrize("size", [200, 3000, 60_000])
def test_f06_a_full_disk_is_told_and_the_study_goes_on_afterwards(tmp_path, size):
    """F06: where the ledger or a record cannot grow, the error says so, earlier records stay, the next run ends."""
    command = [sys.executable, "-m", "tests.fault.study", str(tmp_path / "study"), "60"]
    with (tmp_path / "said").open("w") as said:
        done = subprocess.run(
            command, cwd=ROOT, stdout=said, stderr=subprocess.PIPE, text=True, check=False, preexec_fn=limited(size)
        )
    assert done.returncode == 1
    last = done.stderr[done.stderr.rindex("rashomon.core.errors.") :]
    assert "StoreError: cannot " in last
    assert "store.write" in last
    assert "free some space" in last or "choose another folder" in last
    told = (tmp_path / "said").read_text().split()
    told = [key for key in told if len(key) == 64]
    assert offences(tmp_path / "study", told) == []
    assert run_study(tmp_path / "study", 60) == run_study(tmp_path / "undisturbed", 60)
