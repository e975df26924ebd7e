import pytest

from rashomon.core import Registry, Step, UsageError, resolve


def step(name):
    return Step(name, "math:sqrt", reads=("x",), writes=("x",), summary=f"Summary of {name}.")


@pytest.fixture
def steps():
    return Registry("step", [step("zeta"), step("alpha")])


def test_records_keep_the_order_in_which_they_were_listed(steps):
    """The order of a registry is the order of its list, not of its names."""
    assert list(steps) == ["zeta", "alpha"]
    assert len(steps) == 2
    assert [record.name for record in steps.values()] == ["zeta", "alpha"]


def test_unknown_name_lists_the_nearest_and_all(steps):
    """A misspelt name gets the kind, the nearest name and the list."""
    with pytest.raises(UsageError, match="unknown step 'alhpa'") as caught:
        steps["alhpa"]
    assert caught.value.fix == "did you mean 'alpha'? known: alpha, zeta"
    assert str(caught.value).startswith("unknown step 'alhpa'\n")


def test_registry_behaves_as_a_mapping(steps):
    """`get` and `in` answer for unknown names instead of failing."""
    assert steps.get("nobody") is None
    assert "nobody" not in steps
    assert None not in steps
    assert steps.get("zeta") is steps["zeta"]


def test_name_can_be_registered_once():
    """Two records of one name are an error when the registry is made."""
    with pytest.raises(UsageError, match="step 'a' is registered twice"):
        Registry("step", [step("a"), step("a")])


def test_resolve_finds_the_function():
    """A dotted path leads to the function itself."""
    assert resolve("rashomon.core.registry:resolve") is resolve


@pytest.mark.parametrize(
    "path",
    ["math", "math:", ":sqrt", "no_such_module:f", "math:no_such_function", ""],
    ids=["no function", "empty function", "no module", "unknown module", "unknown function", "empty"],
)
def test_bad_path_is_a_usage_error_that_shows_it(path):
    """Every kind of bad path names the path and the expected form."""
    with pytest.raises(UsageError, match=f"cannot load '{path}'") as caught:
        resolve(path)
    assert caught.value.expected == "module:name"
