"""The Makefile on machines that lack something, and its help."""

import os
import re
import subprocess

import pytest

from tests.architecture.source import ROOT

TARGETS = [
    "help",
    "venv",
    "install",
    "demo",
    "test",
    "check",
    "slow",
    "tutorials",
    "docs",
    "bench",
    "scale",
    "statistical",
    "fuzz",
    "faults",
    "lock",
    "clean",
]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

OLD = """#!/bin/sh
case "$1" in
  --version) echo "Python 3.9.2" ;;
  *) exit 1 ;;
esac
"""

# a system Python without the package that brings venv: everything works but the import
BARE = """#!/bin/sh
case "$*" in
  *ensurepip*) echo "ModuleNotFoundError: No module named 'ensurepip'" >&2; exit 1 ;;
  *) exit 0 ;;
esac
"""


@pytest.fixture
def fresh(tmp_path):
    """A clone without .venv, and a folder for programs that comes first on the path."""
    clone, programs = tmp_path / "clone", tmp_path / "bin"
    clone.mkdir()
    programs.mkdir()
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        (clone / name).write_bytes((ROOT / name).read_bytes())
    return clone, programs


def make(fresh, *arguments):
    clone, programs = fresh
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    # what an outer make passes down is not part of a fresh machine
    clean = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "PYTHON"}}
    return subprocess.run(
        ["make", "-C", str(clone), *arguments], capture_output=True, text=True, check=False, env=clean | {"PATH": path}
    )


def install(fresh, name, text):
    program = fresh[1] / name
    program.write_text(text)
    program.chmod(0o755)


def complaint(done):
    """What is said apart from make's own lines."""
    return [line for line in (done.stdout + done.stderr).splitlines() if not re.match(r"make(\[\d+\])?: ", line)]


@pytest.mark.parametrize(
    ("program", "text", "arguments", "said"),
    [
        ("python3", OLD, [], "rashomon needs Python 3.11 or newer, and python3 is Python 3.9.2"),
        ("python3", BARE, [], "python3 has no venv module: install it (Debian, Ubuntu: apt install python3-venv)"),
        ("unused", OLD, ["PYTHON=python3.99"], "rashomon needs Python 3.11 or newer, and python3.99 was not found"),
    ],
    ids=["old Python", "no venv module", "no Python"],
)
@pytest.mark.parametrize("target", ["demo", "test", "check"])
def test_lacking_python_gets_one_clear_line(fresh, target, program, text, arguments, said):
    """An old Python, one without venv, or none: one line says what and what to do, and nothing is left behind."""
    install(fresh, program, text)
    done = make(fresh, target, *arguments)
    assert done.returncode != 0
    assert len(complaint(done)) == 1
    assert complaint(done)[0].startswith(said)
    assert complaint(done)[0].endswith("with PYTHON=...")
    assert not (fresh[0] / ".venv").exists()


def test_help_is_the_default_and_lists_every_target(fresh):
    """`make` alone changes nothing and names each target with what it does."""
    done = make(fresh)
    assert done.returncode == 0
    assert re.findall(r"^  make (\w+) +\S", done.stdout, flags=re.MULTILINE) == TARGETS
    assert done.stdout == make(fresh, "help").stdout
    assert not (fresh[0] / ".venv").exists()


def test_every_target_says_what_it_did():
    """The last command of each target is a line that begins with its name."""
    for target in TARGETS[1:]:
        recipe = re.search(rf"^{target}:.*\n((?:\t.*\n|   .*\n)+)", MAKEFILE, flags=re.MULTILINE)[1]
        assert recipe.splitlines()[-1].startswith(f'\t@echo "make {target}: ')


def test_makefile_keeps_to_old_make():
    """Nothing that GNU Make 3.81 does not know: one shell for all lines, grouped targets, $(file), != or ::=."""
    rules = re.sub(r"^#.*", "", MAKEFILE, flags=re.MULTILINE)
    assert re.findall(r"\.ONESHELL|&:|\$\(file|!=|::=|\$\(let|\$\(intcmp", rules) == []


def test_ci_runs_check_and_test():
    """Continuous integration runs the same two commands as a developer, and fails when one does."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.splitlines()[-2:] == ["make check", "make test"]
    assert "set -eu" in script
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
