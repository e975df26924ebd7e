"""What is imported is declared, what is declared is imported, and help stays light."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.source import MODULES, ROOT, tree

# libraries that take half a second or more, or compile
HEAVY = ["anndata", "igraph", "matplotlib", "numba", "pandas", "scanpy", "scipy", "sklearn"]
# imported where they are used, with an error that names the extra where they are absent
OPTIONAL = {"cryptography", "dask", "dask-jobqueue", "distributed", "pynndescent"}
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

HELP = """
import json, sys
from typer.testing import CliRunner
from rashomon.cli import app
arguments = json.loads(sys.argv[1])
result = CliRunner().invoke(app, [*arguments, "--help"])
print(json.dumps({"code": result.exit_code, "text": result.output, "modules": sorted(sys.modules)}))
"""


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def core():
    """Names of the core dependencies, and those that are there as a pin only."""
    declared = {plain(re.match(r"[\w.-]+", line)[0]) for line in tomllib.loads(PYPROJECT)["project"]["dependencies"]}
    pins = {plain(name) for name in re.findall(r'^  "([\w.-]+).*", # pin: ', PYPROJECT, flags=re.MULTILINE)}
    return declared, pins & declared


def imported():
    """Distributions that src imports, anywhere in a module, and who imports them."""
    homes = packages_distributions()
    found = {}
    for path in MODULES:
        for node in ast.walk(tree(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            for name in {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"rashomon"}:
                for distribution in homes[name]:
                    found.setdefault(plain(distribution), []).append(path.name)
    return found


def test_every_import_is_declared():
    """A library that src imports is a core dependency, so that a plain installation works."""
    declared, _ = core()
    # python-igraph is the old name of igraph; it installs nothing of its own
    known = declared | OPTIONAL | {"python-igraph"}
    assert {name: users for name, users in imported().items() if name not in known} == {}


def test_every_core_dependency_is_imported_or_a_pin():
    """Nobody downloads what src does not use, unless a pin, with its reason, protects them."""
    declared, pins = core()
    assert sorted(declared - set(imported()) - pins) == []


def test_constraints_satisfy_the_declared_ranges():
    """Every core dependency, test tool and check tool has exactly one version in constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    assert len(pins) == len([line for line in lines if "==" in line])
    project = tomllib.loads(PYPROJECT)["project"]
    asked = [*project["dependencies"], *(line for lines in project["optional-dependencies"].values() for line in lines)]
    names = {plain(re.match(r"[\w.-]+", line)[0]) for line in asked} - {"rashomon"}
    assert sorted(names - {plain(name) for name in pins}) == []


def test_constraints_name_no_index_and_no_file():
    """constraints.txt works with any package index: it holds versions and nothing else."""
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if not re.fullmatch(r"#.*|[\w.-]+==[\w.+!]+", line)] == []


def commands():
    """All ways to ask for help: the program and each of its subcommands."""
    import typer

    from rashomon.cli import app

    def walk(command, words):
        yield words
        for name, below in getattr(command, "commands", {}).items():
            yield from walk(below, [*words, name])

    return list(walk(typer.main.get_command(app), []))


def test_subcommands_are_found():
    """The tests below see the subcommands, not only the program."""
    assert ["demo"] in commands()


@pytest.mark.parametrize("words", commands(), ids=lambda words: " ".join(["rashomon", *words]))
def test_help_imports_nothing_heavy(words):
    """Help is there at once: it imports neither numba nor pandas nor scanpy, nor anything of their kind."""
    done = subprocess.run([sys.executable, "-c", HELP, json.dumps(words)], capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert answer["code"] == 0
    assert "--help" in answer["text"]
    assert sorted(set(HEAVY) & set(answer["modules"])) == []


def test_importing_the_package_imports_nothing_heavy():
    """`import rashomon` costs nothing until a name is used."""
    program = "import json, sys, rashomon; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert sorted({*HEAVY, "numpy", "typer"} & set(json.loads(done.stdout))) == []
