"""Scores over the levels of a knob: the means of the table, between their bounds."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from rashomon.core import UsageError
from rashomon.pl.canvas import encode
from rashomon.pl.knob_effect import knob_effects
from tests import example_benchmark


@pytest.fixture(scope="module")
def tables():
    """Of the made-up benchmark."""
    return example_benchmark.benchmark().tables


def by_title(panels):
    """Return the panels by the name of their score."""
    return {panel.get_title(): panel for panel in panels}


def line(panel, **look):
    """Return the y values of the one line that looks like this."""
    (found,) = [each for each in panel.get_lines() if all(getattr(each, f"get_{k}")() == v for k, v in look.items())]
    return found.get_ydata()


def test_means_are_those_of_the_table(tables):
    """The thick line is the mean over pipelines, the bars its interval; thin lines are the pipelines."""
    panel = by_title(knob_effects(tables, "effect_size"))["ari"]
    effects = tables["effects"]
    rows = effects[(effects["knob"] == "effect_size") & (effects["score"] == "ari") & (effects["truth"] == "type")]
    mean = rows[rows["pipeline"] == "all pipelines"]
    assert [text.get_text() for text in panel.get_xticklabels()] == ["0", "1", "[2]"]
    assert line(panel, linewidth=1.6).tolist() == mean["mean"].tolist()
    (bars,) = [each for each in panel.collections if len(each.get_paths()) == 3]
    assert [path.vertices[:, 1].tolist() for path in bars.get_paths()] == mean[["low", "high"]].to_numpy().tolist()
    assert len([each for each in panel.get_lines() if each.get_linewidth() == 0.6]) == 4


def test_bounds_are_the_controls_of_each_level(tables):
    """Dashed: what the oracle attains, where there is one; dotted: the truth itself; band: random labels, 2 sd."""
    panels = by_title(knob_effects(tables, "effect_size"))
    assert line(panels["ari"], linestyle="--").tolist() == [0.0, 1.0, 1.0]
    assert line(panels["dbcv"], linestyle=":").tolist() == [1.0, 1.0, 1.0]
    scores = tables["scores"]
    own = scores[(scores["point"] == "effect_size=0.0") & (scores["score"] == "ari") & (scores["truth"] == "type")]
    band = panels["ari"].collections[0].get_paths()[0].vertices
    at_first = band[np.abs(band[:, 0]) <= 0.3][:, 1]
    assert at_first.min() == pytest.approx(own["negative"].mean() - 0.1)
    assert at_first.max() == pytest.approx(own["negative"].mean() + 0.1)


def test_another_knobs_settings_do_not_move_the_bounds(tables):
    """One knob at a time, the fixed level of a knob is the fixed point alone."""
    panel = by_title(knob_effects(tables, "depth"))["ari"]
    # an effect of zero, at which nothing is attainable, has the fixed depth, too
    assert line(panel, linestyle="--").tolist() == [1.0, 1.0, 1.0]


def test_marks_say_whether_the_score_still_ranks(tables):
    """A cross where it is broken, a full circle where it holds, a square where nothing is attainable."""
    panels = by_title(knob_effects(tables, "depth"))
    marks = {name: [each.get_marker() for each in panel.get_lines() if each.get_marker() != "None"]
             for name, panel in panels.items()}  # fmt: skip
    assert marks["ari"] == ["o", "o", "o"]
    assert marks["silhouette"] == ["X", "X", "o"]
    effect = by_title(knob_effects(tables, "effect_size"))["ari"]
    assert next(each for each in effect.get_lines() if each.get_marker() != "None").get_marker() == "s"


def test_invalid_scores_are_called_so(tables):
    """In the title; only the scores that are asked for are drawn."""
    assert list(by_title(knob_effects(tables, "depth", scores=["modularity", "ari"]))) == [
        "ari",
        "modularity (invalid)",
    ]


def test_a_factorial_averages_over_the_settings_of_a_level():
    """Bounds of a level are those of all settings that have it: half of these have no effect."""
    levels = {"effect_size": [2.0, 0.0], "depth": [1000.0, 2000.0]}
    tables = example_benchmark.benchmark(kind="factorial", levels=levels).tables
    panel = by_title(knob_effects(tables, "depth"))["ari"]
    assert line(panel, linestyle="--").tolist() == [0.5, 0.5]


def test_thirds_of_a_hypercube_have_no_bounds():
    """No setting has a third for a level: nothing is drawn that is not known, and the axis says so."""
    tables = example_benchmark.benchmark(kind="latin hypercube", n_points=6, levels={"depth": [600.0, 4000.0]}).tables
    panels = knob_effects(tables, "depth")
    assert panels[0].get_xticklabels()[0].get_text() == "lowest third"
    assert not [each for each in panels[0].get_lines() if each.get_linestyle() == "--"]
    outer = panels[0].figure.axes[0]
    assert "bounds are not drawn" in outer.get_xlabel().replace("\n", " ")
    assert "attainable (oracle)" not in [text.get_text() for text in outer.get_legend().get_texts()]


def test_without_controls_and_with_failures_it_is_drawn():
    """Missing values leave gaps; nothing is made up."""
    tables = example_benchmark.benchmark(failed=12, controls=False).tables
    panels = knob_effects(tables, "ambient")
    assert np.isnan(line(panels[0], linewidth=1.6)[1])
    assert encode(panels[0], kind="svg")


def test_scanpy_habits(tables, tmp_path):
    """Given axes are used, the file is written, and the same tables are the same bytes."""
    given = Figure().add_subplot()
    panels = knob_effects(tables, "depth", scores=["ari"], ax=given, save=tmp_path / "a.svg")
    assert {panel.figure for panel in panels} == {given.figure}
    knob_effects(tables, "depth", scores=["ari"], ax=Figure().add_subplot(), save=tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_what_was_not_run_is_refused(tables):
    """Knobs that were not turned, and scores that rank nothing, with the nearest."""
    with pytest.raises(UsageError, match="the knob 'depht' was not turned") as caught:
        knob_effects(tables, "depht")
    assert "depth" in caught.value.fix
    with pytest.raises(UsageError, match="no pipelines were ranked by 'retention'"):
        knob_effects(tables, "depth", scores=["retention"])
