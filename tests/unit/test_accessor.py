"""`adata.rashomon` is the face with the object in front, and costs nothing until it is used."""

import inspect
import subprocess
import sys
from importlib import import_module

import pytest
from anndata import AnnData

from rashomon import get, pp, tl
from rashomon.accessor import METHODS, RashomonAccessor
from tests.planted import adata


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_the_function_without_the_object(name):
    """The same help and parameters."""
    module, function = METHODS[name]
    expected = getattr(import_module(module), function)
    method = getattr(AnnData().rashomon, name)
    assert method.__doc__ == expected.__doc__
    own = inspect.signature(method)
    assert list(own.parameters) == list(inspect.signature(expected).parameters)[1:]
    assert getattr(RashomonAccessor, name) is expected


def test_all_of_get_and_the_seven_questions_are_there():
    """Every function of `rashomon.get` and `rashomon.pp`; of `rashomon.tl` those that keep results in the object."""
    reached = {getattr(import_module(module), name) for module, name in METHODS.values()}
    assert {getattr(get, name) for name in get.__all__} | {getattr(pp, name) for name in pp.__all__} <= reached
    assert {thing for name in tl.__all__ if "copy" in parameters(thing := getattr(tl, name))} <= reached


def parameters(thing):
    """Names of parameters."""
    return inspect.signature(thing).parameters if inspect.isfunction(thing) else {}


def test_it_writes_into_its_object():
    """Results of a tool are read by the next call; a copy has an accessor of its own."""
    data = adata()
    table = data.rashomon.tripwires("mine")
    assert data.rashomon.table("tripwires")["said"].tolist() == table["said"].tolist()
    copied = data.rashomon.tripwires("mine", key_added="again", copy=True)
    assert copied.rashomon.results()["key"].tolist() == ["again", "mine_tripwires"]
    assert data.rashomon.results()["key"].tolist() == ["mine_tripwires"]
    assert copied.rashomon.adata is copied
    assert {"audit", "answers"} < set(dir(data.rashomon))
    assert "audit" in repr(data.rashomon)


def test_registering_imports_no_tool():
    """After `import rashomon.accessor` only anndata is loaded: no tool, no clusterer, no compiled kernel."""
    code = (
        "import sys, anndata; before = set(sys.modules); import rashomon.accessor\n"
        "new = {name for name in set(sys.modules) - before}\n"
        "ours = {name for name in new if name.startswith('rashomon.')}\n"
        "assert all(name.startswith(('rashomon.accessor', 'rashomon.core')) for name in ours), ours\n"
        "assert not {'igraph', 'numba', 'sklearn', 'matplotlib', 'rashomon.tl'} & new, sorted(new)\n"
        "assert repr(anndata.AnnData().rashomon).startswith('rashomon on AnnData')"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
