import hashlib
import subprocess
import sys
import zipfile

import pytest

from tests.architecture.source import MODULES, ROOT, SRC

FIXTURES = ROOT / "data" / "fixtures"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built with the tools of this environment, so that no network is needed."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("rashomon-*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


def test_wheel_holds_every_module_and_its_types(wheel):
    """What is in src is in the wheel, with the mark that it is typed."""
    names = set(wheel.namelist())
    assert {f"rashomon/{path.relative_to(SRC).as_posix()}" for path in MODULES} <= names
    assert "rashomon/py.typed" in names


def test_wheel_holds_the_fixtures(wheel):
    """The demo works from an installed wheel: the data are inside, byte for byte."""
    for path in FIXTURES.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            inside = wheel.read(f"rashomon/fixtures/{path.relative_to(FIXTURES).as_posix()}")
            assert hashlib.sha256(inside).digest() == hashlib.sha256(path.read_bytes()).digest(), path.name


def test_wheel_holds_licence_and_entry_point(wheel):
    """The licence travels with the code, and installation makes the command."""
    (info,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    assert b"BSD 3-Clause" in wheel.read(f"{info}/licenses/LICENSE")
    assert "License-Expression: BSD-3-Clause" in wheel.read(f"{info}/METADATA").decode().splitlines()
    assert b"rashomon = rashomon.cli:main" in wheel.read(f"{info}/entry_points.txt")


def test_wheel_holds_nothing_else(wheel):
    """No tests, no caches, no settings: everything lies below the package or its metadata."""
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"rashomon"}
    assert [name for name in wheel.namelist() if name.endswith(".pyc")] == []
