"""F22: workers start from a program that is no file and has no guard."""

import subprocess
import sys

import pytest

from tests.architecture.source import ROOT
from tests.fault.study import TABLE, run_study

UNGUARDED = """
import sys
from tests.fault.study import run_study
run_study(sys.argv[1], 30, engine="processes")
"""


def piped(code, *given):
    """Run code that comes through a pipe, as from a notebook or a shell: there is no file to import again."""
    command = [sys.executable, "-", *map(str, given)]
    return subprocess.run(command, cwd=ROOT, input=code, capture_output=True, text=True, check=False)


@pytest.mark.fault
def test_f22_a_program_without_file_or_guard_starts_workers(tmp_path):
    """F22: it is not run again by its workers, and gives the table of one process."""
    done = piped(UNGUARDED, tmp_path / "piped")
    assert done.returncode == 0, done.stderr[-1000:]
    assert (tmp_path / "piped" / TABLE).read_text() == run_study(tmp_path / "alone", 30)
