import pytest

from rashomon.core import UsageError
from rashomon.sim.spec.change import parse_change, parse_changes


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("effect_size=1.5", ("effect_size", 1.5)),
        ("n_groups=3", ("n_groups", 3)),
        ("batch_effect = 0", ("batch_effect", 0)),
        ("topology=line", ("topology", "line")),
        ("hierarchy=2,3", ("hierarchy", [2, 3])),
        ("hierarchy=[2, 3]", ("hierarchy", [2, 3])),
        ("hierarchy={T: [CD4, CD8], B: [no]}", ("hierarchy", {"T": ["CD4", "CD8"], "B": ["no"]})),
        ("proportions=0.2,0.8", ("proportions", [0.2, 0.8])),
        ("level_effects=1", ("level_effects", [1])),
        ("batch=batch_2", ("batch", "batch_2")),
        ("batch=a=b", ("batch", "a=b")),
        ("doublet=false", ("doublet", False)),
        ("batch_profile=[[0, 1], [1, 0]]", ("batch_profile", [[0, 1], [1, 0]])),
    ],
)
def test_values_are_read_as_in_a_world_file(text, change):
    """Numbers, words, lists with or without brackets where a list is due, and mappings."""
    assert parse_change(text) == change
    assert type(parse_change(text)[1]) is type(change[1])


@pytest.mark.parametrize("text", ["", "n_groups", "n_groups=", "=3", " = "])
def test_a_change_has_a_name_and_a_value(text):
    """Anything else is refused with the form that is expected."""
    with pytest.raises(UsageError, match="is no change") as caught:
        parse_change(text)
    assert caught.value.expected == "NAME=VALUE"


def test_an_unknown_name_gets_the_nearest():
    """Of knobs and nodes alike; the list of all is left to the command that prints it."""
    with pytest.raises(UsageError, match="there is no knob or node 'n_group'") as caught:
        parse_change("n_group=3")
    assert caught.value.fix == "did you mean 'n_groups'? rashomon list knobs, rashomon list nodes"
    with pytest.raises(UsageError, match="zzzz") as caught:
        parse_change("zzzz=3")
    assert caught.value.fix == "see rashomon list knobs"


@pytest.mark.parametrize(
    ("value", "what"), [("[1", "expected"), ("&a 1", "anchor"), ("!!int 1", "tag"), ("1: 2", "key 1")]
)
def test_a_value_that_is_no_yaml_is_refused(value, what):
    """With what is wrong with it."""
    with pytest.raises(UsageError, match=f"the value of depth cannot be read: .*{what}"):
        parse_change(f"depth={value}")


def test_a_name_is_changed_once():
    """The last of two changes does not win in silence."""
    assert parse_changes(["n_groups=3", "depth=100"]) == {"n_groups": 3, "depth": 100}
    assert parse_changes([]) == {}
    with pytest.raises(UsageError, match="depth is changed twice"):
        parse_changes(["depth=1", "depth=2"])
