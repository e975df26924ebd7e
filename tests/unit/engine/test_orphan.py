"""F26: temporary files of dead processes are removed, and nothing else."""

import os
import subprocess
import sys
import time

import pytest

from rashomon.engine.orphan import sweep


@pytest.fixture
def gone():
    """Number of a process that has ended."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_f26_only_our_names_of_dead_processes_go(tmp_path, gone):
    """F26: files of a dead process that we name go; those of living ones, and all other names, stay."""
    kept = [
        f".a.{os.getpid()}-0123abcd.tmp.parquet",
        f"a.{gone}-0123abcd.tmp.parquet",
        f".a.{gone}-0123abc.tmp.parquet",
        f".a.{gone}-0123ABCD.tmp.parquet",
        ".a.tmp",
        "a.parquet",
    ]
    swept = [f".a.{gone}-0123abcd.tmp.parquet", f".b.c.{gone}-ffffffff.tmp", f".l.{gone}-00000000.tmp.sqlite-journal"]
    (tmp_path / "ab").mkdir()
    for name in kept + swept:
        (tmp_path / "ab" / name).write_text("x")
    assert sorted(sweep(tmp_path, dead={gone})) == sorted(swept)
    assert sorted(file.name for file in (tmp_path / "ab").iterdir()) == sorted(kept)


def test_files_of_a_process_that_may_run_elsewhere_have_a_minute(tmp_path, gone):
    """A process that nobody knows on this machine may be a worker on another: its files go when nobody wrote lately."""
    file = tmp_path / f".a.{gone}-0123abcd.tmp"
    file.write_text("x")
    assert sweep(tmp_path, dead=set()) == []
    os.utime(file, (time.time() - 100,) * 2)
    assert sweep(tmp_path, dead=set()) == [file.name]


def test_links_are_not_followed(tmp_path, gone):
    """What lies behind a link out of the study stays."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "study").mkdir()
    file = tmp_path / "outside" / f".a.{gone}-0123abcd.tmp"
    file.write_text("x")
    (tmp_path / "study" / "link").symlink_to(tmp_path / "outside")
    assert sweep(tmp_path / "study", dead={gone}) == []
    assert file.exists()
