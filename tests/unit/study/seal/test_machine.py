"""The environment: what can change a number, and nothing that names somebody."""

import getpass
import json
import platform
import socket

import numpy as np

from rashomon.study.seal.machine import describe_machine, machine_differences


def test_it_says_what_can_change_a_number():
    """Versions are those installed, the interpreter is this one, and JSON holds all of it."""
    found = json.loads(json.dumps(describe_machine()))
    assert found["versions"]["numpy"] == np.__version__
    assert found["python"].endswith(platform.python_version())
    assert found["cores"] >= found["threads"] >= 1
    assert found["blas"]


def test_nobody_is_named():
    """The host is given only where it is asked for, and no user or folder is."""
    text = json.dumps(describe_machine())
    assert socket.gethostname() not in text
    assert "/" not in "".join(describe_machine()["blas"])
    assert f'"{getpass.getuser()}"' not in text
    assert describe_machine(with_host=True)["host"] == socket.gethostname()


def test_the_same_environment_has_no_differences():
    """Nothing differs from itself, and what nobody wrote down is no difference."""
    now = describe_machine()
    assert machine_differences(now, now) == []
    assert machine_differences({"versions": now["versions"]}, now) == []


def test_differences_are_named():
    """Another processor, another version, a library that is gone: each is named, number of cores is not."""
    now = describe_machine()
    then = {**now, "cpu": "Z80", "cores": 9999, "versions": {**now["versions"], "numpy": "1.0", "gone": "2"}}
    assert machine_differences(then, {**now, "cpu": "6502"}) == [
        "cpu was Z80 and is 6502",
        "gone was 2 and is not installed",
        f"numpy was 1.0 and is {np.__version__}",
    ]
