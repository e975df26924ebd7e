"""F08, F12, F25, F28: folders that cannot be written to, few descriptors, studies that were moved."""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.fault.study import TABLE, run_study

DROP = """
import os
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
"""
STATUS = f"""
import json, sys
from rashomon.study.status import status
from rashomon.study.export import export
export(sys.argv[1], sys.argv[3])  # everything is imported before the right to read it is given up
{DROP}
found = status(sys.argv[1])
tables = export(sys.argv[1], sys.argv[2])
print(json.dumps(dict(status=found.as_dict(), tables=tables)))
"""
IMPORT = """
import sys
from rashomon.core import StoreError
from rashomon.engine.ledger_store import LedgerStore
"""
OPEN = """
try:
    LedgerStore.open(sys.argv[1], command="run", spec_digest="")
except StoreError as error:
    print(error.code, error.what)
"""
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[3]),) * 2)
from tests.fault.study import run_study
run_study(sys.argv[1], 30, engine=sys.argv[2])
"""


@pytest.fixture
def public():
    """A folder that other users may enter, since the superuser may write anywhere."""
    with tempfile.TemporaryDirectory(prefix="rashomon-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def run_code(code, *given):
    """Run code in a process of its own."""
    command = [sys.executable, "-c", code, *map(str, given)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def read_only(folder):
    """Take away the right to write from a folder and all that is in it."""
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)


@pytest.mark.fault
def test_f08_a_read_only_folder_is_refused_before_anything_is_computed(public):
    """F08: opening the store, which comes before the first step, says that the folder cannot be written to."""
    (public / "study").mkdir()
    read_only(public / "study")
    done = run_code(IMPORT + DROP + OPEN, public / "study")
    assert done.stdout.startswith("store.write cannot lock the study: Permission denied"), done.stderr[-500:]
    assert list((public / "study").iterdir()) == []


@pytest.mark.fault
def test_f28_a_moved_read_only_study_opens(public):
    """F28: moved, read by another user, on media where nothing can be written: status and tables are the same."""
    out = public / "out"
    out.mkdir()
    out.chmod(0o777)
    run_study(public / "first", 10)
    here = run_code(STATUS, public / "first", out / "a", out / "root")
    shutil.move(public / "first", public / "second")
    read_only(public / "second")
    there = run_code(STATUS, public / "second", out / "b", out / "root")
    assert (here.returncode, there.returncode) == (0, 0), here.stderr[-500:] + there.stderr[-500:]
    first, second = json.loads(here.stdout), json.loads(there.stdout)
    assert second["status"].pop("folder") == "second"
    first["status"].pop("folder")
    assert first == second
    assert first["status"]["records"] == {"failed": 1, "ok": 10}
    texts = [path for path in (public / "second").rglob("*") if path.is_file()]
    assert [path.name for path in texts if str(public).encode() in path.read_bytes()] == []
    refused = run_code(IMPORT + DROP + OPEN, public / "second")
    assert refused.stdout.startswith("store.write")
    for path in [public / "second", *(public / "second").rglob("*")]:
        path.chmod(0o755)


@pytest.mark.fault
@pytest.mark.parametrize("engine", ["serial", "processes"])
def test_f25_few_descriptors_are_enough(tmp_path, engine):
    """F25: with 64 descriptors a study of 31 records runs, and gives the same table."""
    command = [sys.executable, "-c", LIMITED, str(tmp_path / "few"), engine, "64"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-1000:]
    assert (tmp_path / "few" / TABLE).read_text() == run_study(tmp_path / "many", 30)


@pytest.mark.fault
def test_f12_a_second_process_stops_within_a_second(tmp_path):
    """F12: two processes on one study: the second is refused at once with the number of the first."""
    command = [sys.executable, "-m", "tests.fault.study", str(tmp_path), "400"]
    first = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert len(first.stdout.readline()) == 65
        timed = "import time\nbegun = time.monotonic()\n"
        done = run_code(IMPORT + timed + OPEN + "print(time.monotonic() - begun)\n", tmp_path)
        assert first.poll() is None, "the first study ended too early for this test"
        said, seconds = done.stdout.splitlines()
        assert said.startswith(f"store.locked this study is being run by process {first.pid} on ")
        assert float(seconds) < 1
    finally:
        first.kill()
        first.communicate()
