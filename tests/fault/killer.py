"""Kills a coordinator again and again: at random times, and at random places of its write phases.

As a program, ``python -m tests.fault.killer FOLDER N_RECORDS N_KILLS SEED``. A process that has loaded everything forks
coordinators, so that a kill costs no start. A line of JSON per coordinator.
"""

import itertools
import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

from tests.fault.shim import KINDS, Fault, installed
from tests.fault.study import offences, run_study, temporary_files


def fork(folder, n, fault):
    """Start a coordinator; return its number and the pipe in which it names what it acknowledged."""
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return child, reader
    os.close(reader)
    code = 1
    try:
        with installed(fault):
            run_study(folder, n, acknowledge=lambda key: os.write(writer, f"{key}\n".encode()))
        code = 0
    finally:
        os._exit(code)


def follow(child, reader, seconds):
    """Wait for a coordinator, kill it after some seconds; return its exit code and what it acknowledged."""
    os.set_blocking(reader, False)
    end = time.monotonic() + seconds
    while time.monotonic() < end and not (done := os.waitpid(child, os.WNOHANG))[0]:
        time.sleep(0.001)
    if not done[0]:
        os.kill(child, signal.SIGKILL)
        done = os.waitpid(child, 0)
    os.set_blocking(reader, True)
    with os.fdopen(reader) as pipe:
        return os.waitstatus_to_exitcode(done[1]), pipe.read().split()


def moments(seed, *, calls, seconds):
    """Where to kill: every other one in a write phase, the others after a time; without end."""
    draw = np.random.default_rng(seed)
    for i in itertools.count():
        if i % 2:
            kind = str(draw.choice(KINDS))
            act = str(draw.choice(["before", "after", *(["half"] if kind == "replace" else [])]))
            yield Fault(kind, int(draw.integers(1, max(1, calls[kind] // 4), endpoint=True)), act), 600.0
        else:
            yield Fault(), draw.uniform(0.0, seconds / 2)


def main(folder, n, n_kills, seed):
    """Kill, resume, and look at every study in between; say what each coordinator came to."""
    home, n = Path(folder), int(n)
    counting = Fault()
    with installed(counting):
        expected = run_study(home / "undisturbed", n)
    begun = time.monotonic()
    run_study(home / "timed", n)
    seconds = time.monotonic() - begun
    planned = moments(int(seed), calls=counting.counts, seconds=seconds)
    study, acknowledged, kills = 0, set(), 0
    while kills < int(n_kills):
        place = home / str(study)
        fault, limit = next(planned)
        code, told = follow(*fork(place, n, fault), limit)
        acknowledged.update(told)
        kills += code == -signal.SIGKILL
        line = {"code": code, "kind": fault.kind, "act": fault.act, "acknowledged": len(told)}
        if place.exists():
            line["offences"] = offences(place, acknowledged)
        if code == 0 or kills == int(n_kills):
            line |= finish(place, n, expected, acknowledged)
            study, acknowledged = study + 1, set()
        say(line)
        if code not in {0, -signal.SIGKILL}:
            break
    say({"calls": counting.counts, "seconds": round(seconds, 2), "studies": study, "kills": kills})


def say(line):
    """Write a line of JSON to standard output."""
    sys.stdout.write(f"{json.dumps(line)}\n")
    sys.stdout.flush()


def finish(place, n, expected, acknowledged):
    """Resume until done; the table must be the undisturbed one, and nothing may lie about."""
    same = run_study(place, n) == expected
    return {"same": same, "left": temporary_files(place), "after": offences(place, acknowledged)}


if __name__ == "__main__":
    main(*sys.argv[1:])
