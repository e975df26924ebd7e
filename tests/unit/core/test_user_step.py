import functools
import importlib
import sys

import numpy as np
import pytest

from rashomon.core import UsageError, user_step

SLOTS = {"reads": ("x",), "writes": ("y",)}
ONE = "def work(x, *, by=2):\n    return x * by\n"


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a module and imports it anew; returns its function as a path."""
    monkeypatch.syspath_prepend(tmp_path)
    # a source edited within the same second must not be answered by the bytecode of the one before
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def write(text):
        (tmp_path / "users_module.py").write_text(text)
        sys.modules.pop("users_module", None)
        importlib.invalidate_caches()
        return "users_module:work"

    yield write
    sys.modules.pop("users_module", None)


def test_a_path_is_called_with_its_parameters(module):
    """The step runs the function, wherever the module can be imported."""
    step = user_step(module(ONE), **SLOTS)
    assert (step.name, step.function, step.target) == ("work", "users_module:work", None)
    assert step.run({"x": 3}, {"by": 5}) == {"y": 15}


def test_an_edit_changes_the_version_and_only_an_edit_does(module):
    """The version is the digest of the source: other code, other version; the same code, the same one."""
    first, again = (user_step(module(ONE), **SLOTS).version for _ in range(2))
    edited = user_step(module(ONE.replace("by=2", "by=3")), **SLOTS).version
    elsewhere = user_step(module("import math\n\n\n" + ONE), **SLOTS).version
    assert first == again == elsewhere
    assert edited != first


def test_a_callable_becomes_the_target():
    """A function that was handed over is called itself, and has the version of its source."""

    def double(x):
        return 2 * x

    step = user_step(double, **SLOTS)
    assert step.target is double
    assert step.run({"x": 4}, {}) == {"y": 8}
    assert len(step.version) == 64


def test_a_closure_is_refused_by_the_names_it_holds():
    """Two closures of one source can give two results, which would share a key."""
    factor, power = 3, 2
    with pytest.raises(UsageError, match="remembers factor, power from where it was made"):
        user_step(lambda x: factor * x**power, name="scaled", **SLOTS)


def test_a_function_without_source_is_refused():
    """What cannot be read cannot be told from an edited one."""
    space = {}
    exec("def made(x): return x", space)  # noqa: S102 - a function without a file
    with pytest.raises(UsageError, match=r"source of .* cannot be read"):
        user_step(space["made"], **SLOTS)


@pytest.mark.parametrize("target", ["math:sqrt", "numpy:ndarray", functools.partial(max, 0), np.add])
def test_what_is_no_python_function_is_refused(target):
    """Builtins, classes and partial functions have no source that says what they do."""
    with pytest.raises(UsageError, match="is no Python function"):
        user_step(target, **SLOTS)


def test_a_function_without_a_plain_name_needs_one():
    """A lambda is named by the user."""
    with pytest.raises(UsageError, match="has no plain name"):
        user_step(lambda x: x, **SLOTS)
    assert user_step(lambda x: x, name="same", **SLOTS).name == "same"


def test_an_unknown_path_is_refused():
    """A typing error is found when the step is made, not when it runs."""
    with pytest.raises(UsageError, match="cannot load 'no_such_module:f'"):
        user_step("no_such_module:f", **SLOTS)
