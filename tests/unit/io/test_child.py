import json
import subprocess
import sys

import h5py
import pytest

from rashomon.io.child import ANSWER, COPY
from tests.sample import N_OBS, edited, good_file

# runs the work of the child in a process with the same limits, after something was taken away or put in
PROGRAM = """
import json, os, sys
import numpy, h5py
from rashomon.io import child
request = json.loads(sys.argv[1])
exec(request.pop("before", ""))
child._confine(request)
child.work(request)
"""


def request(path, scratch, **more):
    scratch.mkdir(exist_ok=True)
    asked = {"path": str(path), "container": "hdf5", "scratch": str(scratch), "budget": 2**28}
    return asked | {"patience": 0.1, "modality": "gex", "seconds": 5, "allow_sparse_chunks": False} | more


def answer(path, scratch, **more):
    asked = json.dumps(request(path, scratch, **more))
    done = subprocess.run([sys.executable, "-c", PROGRAM, asked], capture_output=True, text=True, check=False)
    file = scratch / ANSWER
    return json.loads(file.read_text()) if file.exists() else done


def error(path, scratch, **more):
    found = answer(path, scratch, **more)["error"]
    return found["code"], found["what"]


@pytest.fixture
def h5ad(tmp_path):
    """Path of the small AnnData as a good file."""
    return good_file(tmp_path)


def test_a_good_file_gives_a_copy_and_a_digest(h5ad, tmp_path):
    """The answer holds what the parent needs to know."""
    found = answer(h5ad, tmp_path / "scratch")
    assert len(found["digest"]) == 64
    assert found["notes"] == []
    with h5py.File(tmp_path / "scratch" / COPY) as file:
        assert file["obs/_index"].shape == (N_OBS,)


def test_requests_are_served_one_by_one_and_none_sees_another(h5ad, tmp_path):
    """A request that fails does not touch the next; the lines say how each process ended."""
    bad = tmp_path / "bad.h5ad"
    bad.write_bytes(h5ad.read_bytes()[:3000])
    lines = [json.dumps(request(path, tmp_path / path.stem)) for path in (h5ad, bad, h5ad)]
    command = [sys.executable, "-m", "rashomon.io.child"]
    done = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == ["exit 0"] * 3 + [""]
    assert "digest" in json.loads((tmp_path / "good" / ANSWER).read_text())
    assert json.loads((tmp_path / "bad" / ANSWER).read_text())["error"]["code"] == "file.truncated"


def test_python_may_open_no_other_file(h5ad, tmp_path):
    """An attempt is refused by the audit hook, whatever led to it."""
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    before = f"child.check_hdf5 = lambda *_, **__: open({str(secret)!r}).read()"
    code, what = error(h5ad, tmp_path / "scratch", before=before)
    assert (code, what) == ("file.link", f"reading good.h5ad would open {secret}")


@pytest.mark.parametrize("call", ["os.system('true')", "os.execv('/bin/true', ['x'])"])
def test_no_other_program_is_started(h5ad, tmp_path, call):
    """Nor is this process turned into one."""
    code, what = error(h5ad, tmp_path / "scratch", before=f"child.check_hdf5 = lambda *_, **__: {call}")
    assert code == "file.unreadable"
    assert "while a file is read" in what


def test_hdf5_itself_may_open_no_other_file(h5ad, tmp_path):
    """Where a check were to fail, the limit on descriptors stops what the library does below Python."""
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["secret"] = [1, 2, 3]
    with edited(h5ad) as file:
        file["uns/leak"] = h5py.ExternalLink("other.h5", "/secret")
    before = "child.check_hdf5 = lambda file, **_: [str(file['uns/leak'][0])]"
    code, what = error(h5ad, tmp_path / "scratch", before=before)
    assert code == "file.unreadable"
    assert "can't open file" in what
    # without the limit it would be opened: the test can fail
    loose = before + "; child._limit_descriptors = lambda number: None"
    loose += "; child.expression_node = lambda file, **_: file['uns'].file['obs']"
    assert answer(h5ad, tmp_path / "loose", before=loose)["notes"] == ["1"]


def test_memory_is_limited(h5ad, tmp_path):
    """The budget and a gigabyte for the libraries, no more."""
    before = "child.check_hdf5 = lambda *_, **__: [numpy.ones(2**28).sum()]"
    assert error(h5ad, tmp_path / "scratch", before=before)[0] == "file.memory"


def test_the_size_of_the_copy_is_limited(h5ad, tmp_path):
    """Text of varying length may unpack to more than any header says."""
    before = "child.copy_hdf5 = lambda source, target: target.create_dataset('x', data=numpy.ones(2**24))"
    before += "; child._ROOM = -(2**28) + 2**20"
    before += "; child.resource.RLIMIT_AS = child.resource.RLIMIT_CORE"
    code, what = error(h5ad, tmp_path / "scratch", before=before, budget=2**28)
    assert code in {"file.memory", "file.unreadable"}
    assert "good.h5ad" in what


def test_a_missing_answer_means_that_the_process_died(h5ad, tmp_path):
    """A crash leaves nothing behind that could be taken for an answer."""
    done = answer(h5ad, tmp_path / "scratch", before="child.check_hdf5 = lambda *_, **__: os.abort()")
    assert done.returncode == -6
