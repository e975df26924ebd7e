import numpy as np
import pandas as pd
import pytest

from rashomon.dataset.colour import own_colours

OBS = pd.DataFrame(
    {"type": pd.Categorical(["T", "B", "T"], categories=["T", "B"]), "n": [1, 2, 3], "text": list("abc")}
)


def test_colours_follow_the_categories():
    """The first colour is that of the first category, whatever kind of sequence holds them; more are left alone."""
    expected = {"type": {"T": "#1f77b4", "B": "red"}}
    for entry in (["#1f77b4", "red"], ("#1f77b4ff", "red"), np.array(["#1f77b4", "red", "#000000"], dtype=object)):
        assert own_colours(OBS, {"type_colors": entry}) == expected


@pytest.mark.parametrize(
    "entry",
    [
        ["#1f77b4"],
        "#1f77b4",
        None,
        ["#1f77b4", 3],
        [["#1f77b4"], ["#000000"]],
        ["#1f77b4", "url(https://x)"],
        ["#1f77b4", "<b>"],
        np.zeros((2, 3)),
        {"T": "red"},
    ],
)
def test_what_is_no_list_of_colours_is_left_out(entry):
    """Too few, of another type, or text that is no colour: the column has no colours of its own."""
    assert own_colours(OBS, {"type_colors": entry}) == {}


def test_only_categorical_columns_have_colours():
    """Numbers and plain text have no order that colours could follow."""
    assert own_colours(OBS, {"n_colors": ["red"] * 3, "text_colors": ["red"] * 3, "other_colors": ["red"]}) == {}
