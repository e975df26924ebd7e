import numpy as np
import pytest

from rashomon.core import Step, UsageError, refusal, require_portable


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


LIMITED = Step("limited", "numpy:negative", reads=("x",), writes=("x",), max_obs=3, cost="time grows with the square")


def test_more_rows_than_allowed_are_refused_before_the_function_runs():
    """The limit is inclusive; the function is not even imported above it."""
    assert LIMITED.run({"x": np.ones(3)}, {})["x"].tolist() == [-1, -1, -1]
    absent = Step("absent", "no_such_module:f", reads=("x",), writes=("x",), max_obs=3, cost="too slow")
    with pytest.raises(UsageError, match=r"absent is refused above 3 cells \(4 here\): too slow"):
        absent.run({"x": np.ones((4, 2))}, {})


def test_rows_of_a_graph_are_its_vertices():
    """Slots without a shape are counted by their vertices."""

    class Vertices:
        def vcount(self):
            return 4

    with pytest.raises(UsageError, match="4 here"):
        LIMITED.run({"x": Vertices()}, {})


def test_a_plan_hears_the_same_reason():
    """What run refuses, refusal explains beforehand; no limit is never refused."""
    assert refusal(LIMITED, 3) == ""
    assert refusal(LIMITED, 4) == "limited is refused above 3 cells (4 here): time grows with the square"
    assert refusal(step("sqrt", reads=("x",), writes=("x",)), 10**9) == ""


def test_a_target_is_called_in_place_of_the_path():
    """A function that has no path is called as it is."""
    bound = Step("bound", "nowhere:f", reads=("x",), writes=("y",), target=lambda x, *, by: x * by)
    assert bound.run({"x": 3}, {"by": 2}) == {"y": 6}


def test_workers_refuse_targets_by_name():
    """Every step that only this process can run is named once; the others may travel."""
    bound = Step("bound", "nowhere:f", reads=("x",), writes=("y",), target=abs)
    require_portable([LIMITED])
    with pytest.raises(UsageError, match=r"^bound cannot run in worker processes"):
        require_portable([LIMITED, bound, bound])


def test_a_check_sees_what_was_read_and_gives_what_is_stored():
    """The check may replace the result; the function works on copies."""
    checked = Step("c", "numpy:fill_diagonal", reads=("x",), writes=("y",), check="numpy.ma:filled")
    x = np.ones((2, 2))
    checked.run({"x": x}, {"val": 0.0})
    assert x.tolist() == [[1, 1], [1, 1]]
