"""Which scores of a benchmark are drawn together, and how they are called."""

import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from rashomon.core import UsageError
from rashomon.pl.benchmark_score import KEYS, below, chosen_scores, invalid_scores, level_text, view_note
from tests import example_benchmark


@pytest.fixture(scope="module")
def tables():
    """Of the made-up benchmark."""
    return example_benchmark.benchmark().tables


def chosen(tables, **arguments):
    """Return score, truth and view of the rows that are chosen."""
    return set(chosen_scores(tables, **arguments)[KEYS].itertuples(index=False, name=None))


def test_the_deciding_truth_and_the_common_view_are_chosen(tables):
    """Scores without a truth are judged by the first truth only, and are comparable between runs on one view only."""
    alone = {(name, "", "reference") for name in ("silhouette", "dbcv", "modularity")}
    assert chosen(tables) == {("ari", "type", ""), ("variation_of_information", "type", "")} | alone
    assert chosen(tables, view="own") & {("silhouette", "", "own"), *alone} == {("silhouette", "", "own")}
    assert chosen(tables, truth="batch") == {("ari", "batch", "")}


def test_tables_read_from_files_are_chosen_from_alike(tables):
    """An empty text that became a missing value on its way through a file is an empty text."""
    read = {**tables, "break_points": tables["break_points"].replace({"": None})}
    assert chosen(read) == chosen(tables)


def test_unknown_truths_are_refused(tables):
    """With the nearest."""
    with pytest.raises(UsageError, match="no pipelines were ranked by 'tipe'") as caught:
        chosen_scores(tables, truth="tipe")
    assert "type" in caught.value.fix


def test_invalid_scores_are_those_outside_their_controls(tables):
    """By construction one score, on both views."""
    assert invalid_scores(tables) == {("modularity", "", "own"), ("modularity", "", "reference")}


def test_levels_lose_only_empty_decimals():
    """A level of words, and a number that ends in a zero, stay."""
    assert [level_text(level) for level in ("2000.0", "0.50", "10", "line", 3.0)] == ["2000", "0.50", "10", "line", "3"]


def test_the_note_names_the_view_of_those_that_need_one():
    """And nothing where none does."""
    assert view_note([("a", "", "own"), ("b", "", "reference"), ("c", "type", "")]) == (
        "a: on the own view; b: on the reference view"
    )
    assert view_note([("c", "type", "")]) == ""


@pytest.mark.parametrize("height", [2.0, 9.0])
def test_the_legend_stands_as_far_below_in_every_figure(height):
    """In inches, not in shares of the axes; a second line of the label moves it further down."""
    tops = []
    for lines in (1, 2):
        axes = Figure(figsize=(6, height)).add_subplot()
        below(axes, [Line2D([], [], label="a")], ncols=1, lines=lines)
        axes.figure.draw_without_rendering()
        tops.append((axes.bbox.y0 - axes.get_legend().get_window_extent().y1) / axes.figure.dpi)
    assert tops == pytest.approx([0.34, 0.49], abs=0.03)


def test_receptors_have_scores_without_a_truth_and_without_a_view(tables):
    """Where nothing is computed on views, scores of labels alone are chosen all the same."""
    points = tables["break_points"]
    plain = points[points["view"] != "own"].replace({"view": {"reference": ""}})
    assert ("silhouette", "", "") in chosen({**tables, "break_points": plain})
