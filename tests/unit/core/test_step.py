import numpy as np
import pytest

from rashomon.core import Step, UsageError


def step(name, **facts):
    return Step(name, f"numpy:{name}", **facts)


def test_slots_are_passed_in_order_and_results_named():
    """Reads are positional in their order, parameters by keyword; the one result gets the one name."""
    power = step("power", reads=("base", "exponent"), writes=("y",))
    out = power.run({"exponent": 3.0, "base": 2.0, "other": None}, {})
    assert out == {"y": 8.0}
    assert step("clip", reads=("x",), writes=("x",)).run({"x": 5}, {"a_min": 0, "a_max": 2}) == {"x": 2}


def test_several_results_are_named_in_order():
    """A step with several slots returns a tuple in their order."""
    out = step("frexp", reads=("x",), writes=("mantissa", "exponent")).run({"x": 8.0}, {})
    assert out == {"mantissa": 0.5, "exponent": 4}


def test_wrong_number_of_results_is_an_error():
    """A step that declares three slots and returns two fails instead of losing one."""
    with pytest.raises(ValueError, match="zip"):
        step("frexp", reads=("x",), writes=("a", "b", "c")).run({"x": 8.0}, {})


def test_only_stochastic_steps_get_the_generator():
    """A stochastic step draws from the generator it is given; others never see it."""
    noisy = Step("noisy", "rashomon.core.rng:root_entropy", reads=(), writes=("n",), stochastic=True)
    out = noisy.run({}, {}, np.random.default_rng(3))
    assert out == {"n": int(np.random.default_rng(3).integers(2**63))}
    calm = step("sqrt", reads=("x",), writes=("x",))
    assert calm.run({"x": 9.0}, {}, np.random.default_rng(3)) == {"x": 3.0}


def test_absent_slot_names_itself():
    """A plan that forgot a slot fails with the name of the slot."""
    with pytest.raises(KeyError, match="view"):
        step("sqrt", reads=("view",), writes=("x",)).run({"x": 1.0}, {})


def test_function_is_loaded_on_the_first_call_only():
    """A record may name a function that is not installed; calling it is the error."""
    absent = Step("absent", "no_such_module:f", reads=(), writes=("x",))
    with pytest.raises(UsageError, match="cannot load 'no_such_module:f'"):
        absent.run({}, {})
