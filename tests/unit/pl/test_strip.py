import numpy as np
import pandas as pd
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from rashomon.pl.strip import N_LINES, draw_legend, draw_strips, legend_lines, level_text, ordered_levels
from rashomon.pl.style import category_colour

RUNS = pd.DataFrame({"scale": ["none", "clip 10", None], "n_pcs": [50, 10, 20]})


def image(runs, choices):
    """The strips, as an array of colours."""
    axes = Figure().add_subplot()
    draw_strips(axes, runs, choices)
    return axes, np.asarray(axes.images[0].get_array())


def test_names_have_hues_and_numbers_have_shades():
    """A square has the colour that the legend gives its level; where a choice does not apply it is white."""
    axes, colours = image(RUNS, ["scale", "n_pcs"])
    named = {text: to_rgb(colour) for colour, text in legend_lines(RUNS, ["scale", "n_pcs"]) if colour}
    np.testing.assert_allclose(colours[0, 0], named["none"])
    np.testing.assert_allclose(colours[1, 0], to_rgb(category_colour(0)))
    np.testing.assert_allclose(colours[2, 0], named["does not apply"])
    np.testing.assert_allclose(colours[:, 1], [named[n] for n in ("50", "10", "20")])
    # darker as the number grows
    assert colours[0, 1].sum() < colours[2, 1].sum() < colours[1, 1].sum()
    assert [text.get_text() for text in axes.texts] == ["scale", "n_pcs"]


def test_a_thousand_runs_are_one_image(rng):
    """No mark per run: an image, and a line between two strips."""
    runs = pd.DataFrame({"a": rng.integers(0, 3, 1000), "b": rng.choice(["x", "y"], 1000)})
    axes, colours = image(runs, ["a", "b"])
    assert len(axes.images) == 1
    assert len(axes.lines) == 1
    assert colours.shape == (1000, 2, 3)


def test_no_choice_no_strip():
    """Nothing is drawn where all runs are alike."""
    axes = Figure().add_subplot()
    draw_strips(axes, RUNS, [])
    assert not axes.images
    assert legend_lines(RUNS, []) == []


def test_many_levels_are_counted():
    """Twelve levels: ten are named, and the line after them says that there are two more."""
    runs = pd.DataFrame({"k": range(12)})
    assert [text for _, text in legend_lines(runs, ["k"])] == ["k", *map(str, range(10)), "and 2 more"]
    assert len(legend_lines(runs.iloc[:11], ["k"])) == 12


def test_a_long_legend_has_columns():
    """Every line stands in a column of at most 34 lines; headings are bold and have no square."""
    runs = pd.DataFrame({f"choice {i}": ["a", "b", "c"] for i in range(12)})
    lines = legend_lines(runs, list(runs.columns))
    axes = Figure().add_subplot()
    draw_legend(axes, lines)
    assert len(axes.texts) == len(lines) > N_LINES
    assert max(text.get_position()[1] for text in axes.texts) == N_LINES - 1
    assert sum(text.get_fontweight() == "bold" and bool(text.get_text()) for text in axes.texts) == 12
    assert len(axes.collections[0].get_offsets()) == 36


def test_levels_are_sorted_as_readers_expect():
    """2 before 10; names by the alphabet; a number among names is a name."""
    assert ordered_levels(pd.Series([10, 2, 2])) == [2, 10]
    assert ordered_levels(pd.Series(["all", 382])) == [382, "all"]
    assert [level_text(level) for level in (1.0, 0.25, 15, "all")] == ["1", "0.25", "15", "all"]
