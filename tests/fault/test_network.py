"""F27: without a network everything works, and nothing asks for one."""

import re
import shutil
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT
from tests.planted import adata

ASKS = re.compile(r"\b(?:connect|sendto|sendmsg)\(.*AF_INET6?\b")
"""A system call with an address outside the machine's own sockets; netlink and files are not meant."""

OFFLINE = ["unshare", "--map-root-user", "--net"]
"""Without any interface, not even the one that leads back."""

CALL = """
import socket, sys
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
except OSError as error:
    print(type(error).__name__)
"""
SMALL = ["--max-pipelines", "6", "--vary", "clusterer=leiden", "-j", "2", "--truth", "type=biological:external"]


def offline(folder, *command):
    """Run a command without network; return what it did and the system calls that asked for one."""
    log = folder / "calls.strace"
    traced = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg", "-o", str(log)]
    done = subprocess.run(
        [*OFFLINE, *traced, *map(str, command)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done, [line for line in log.read_text().splitlines() if ASKS.search(line)]


def can_cut():
    """Whether a process may be started without network, and traced."""
    if not (shutil.which("strace") and shutil.which("unshare")):
        return False
    probe = [*OFFLINE, "strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect", "true"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


pytestmark = [
    pytest.mark.fault,
    pytest.mark.skipif(not can_cut(), reason="needs strace and unshare with permission to use them"),
]


def test_f27_a_request_would_be_seen(tmp_path):
    """F27, control: a connection is refused in the cut-off process, and its trace shows it."""
    done, asked = offline(tmp_path, sys.executable, "-c", CALL)
    assert done.stdout.strip() == "OSError"
    assert len(asked) == 1


def test_f27_an_audit_its_report_and_its_check_need_no_network(tmp_path):
    """F27: audit with two workers, report and verify end as they do at home, and no process asks for a connection."""
    adata().write_h5ad(tmp_path / "cells.h5ad")
    rashomon = [sys.executable, "-m", "rashomon.cli"]
    study = tmp_path / "study"
    for command in (
        ["audit", tmp_path / "cells.h5ad", *SMALL, "-o", study],
        ["report", study, "-o", tmp_path / "again.html"],
        ["verify", study],
    ):
        done, asked = offline(tmp_path, *rashomon, *command)
        assert done.returncode == 0, done.stderr[-2000:]
        assert asked == []
