import numpy as np
import pytest
from matplotlib.figure import Figure

from rashomon.pl import encode, specification_curve
from tests import example_audit

OUTCOME, CHOICES = example_audit.OUTCOMES[0], example_audit.CHOICES


def dots(axes):
    return np.asarray(axes.collections[-1].get_offsets())


def draw(**arguments):
    return specification_curve(example_audit.curve(), outcome=OUTCOME, choices=CHOICES, **arguments)


def test_pipelines_are_sorted_by_their_mean_over_seeds():
    """There is one dot per combination of choices, from the lowest to the highest mean."""
    curve = example_audit.curve()
    means = curve.groupby(list(CHOICES), dropna=False)[OUTCOME].mean().sort_values().to_numpy()
    above, _ = draw()
    assert dots(above)[:, 1] == pytest.approx(means)
    assert dots(above)[:, 0].tolist() == list(range(len(means)))


def test_each_pipeline_has_one_mark_per_choice_that_applies():
    """Below each dot stand its settings; a choice that does not apply has none."""
    curve = example_audit.curve()
    _, matrix = draw()
    marks = sum(len(layer.get_offsets()) for layer in matrix.collections)
    varied = [name for name in CHOICES if curve[name].nunique() > 1]
    pipelines = curve.drop_duplicates(list(CHOICES))
    assert marks == int(pipelines[varied].notna().to_numpy().sum())


def test_choices_with_one_level_are_left_out():
    """What was not varied has no row; numbers are sorted as numbers, and written without a spurious point."""
    _, matrix = draw()
    names = [text.get_text() for text in matrix.get_yticklabels()]
    assert "n_neighbours" not in names
    assert names[names.index("k") + 1 :] == ["5", "8", "12"]
    headings = [text.get_text() for text in matrix.get_yticklabels() if text.get_fontweight() == "bold"]
    assert headings == [name for name in CHOICES if name != "n_neighbours"]


def test_marked_pipeline_is_the_one_asked_for():
    """The line stands at the rank of the pipeline, in both panels."""
    curve = example_audit.curve()
    above, matrix = draw(marked=example_audit.MARKED)
    keys = list(example_audit.MARKED)
    same = (curve[keys] == list(example_audit.MARKED.values())).all(axis=1)
    (x,) = above.lines[0].get_xdata()[:1]
    assert matrix.lines[0].get_xdata()[0] == x
    assert dots(above)[0, 1] == pytest.approx(curve.loc[same, OUTCOME].mean())
    assert [text.get_text() for text in above.texts] == ["re-run"]


def test_runs_without_a_value_are_counted():
    """Failed runs are not drawn, and the axis says how many there are."""
    curve = example_audit.curve()
    curve.loc[curve.index[:6], OUTCOME] = np.nan
    above, _ = specification_curve(curve, outcome=OUTCOME, choices=CHOICES)
    (outer,) = [axes for axes in above.figure.axes if above in axes.child_axes]
    assert "6 runs failed" in outer.get_xlabel()
    assert "117 pipelines" in outer.get_xlabel()


def test_many_marks_become_pixels():
    """Above five thousand marks the layers are drawn as pixels, so that the file opens."""
    curve = example_audit.curve()
    many = curve.loc[curve.index.repeat(8)].reset_index(drop=True)
    many["seed2"] = np.arange(len(many)) % 8
    above, matrix = specification_curve(many, outcome=OUTCOME, choices=[*CHOICES, "seed2"])
    assert all(layer.get_rasterized() for layer in matrix.collections)
    assert not above.collections[-1].get_rasterized()


def test_axes_of_the_caller_hold_both_panels(tmp_path):
    """Given axes keep their figure; the same table gives the same file."""
    mine = Figure().add_subplot()
    assert mine.child_axes == draw(ax=mine, save=tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_bytes() == encode(mine, kind="svg")
