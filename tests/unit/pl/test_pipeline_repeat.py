import matplotlib as mpl
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.pl.canvas import encode
from rashomon.pl.pipeline_repeat import pipeline_repeats

mpl.use("agg")


def table(**columns):
    """Three pipelines at three granularities; the second stands in, the third is a branch."""
    rows = [
        {"pipeline": name, "branch": "x=y" if name == "c" else "", "stands_in": name == "b", "n_clusters": n,
         "perturbation": kind, "agreement": 1 - n / 50 - place / 20, "low": 0.5, "high": 1.0}
        for place, name in enumerate("abc")
        for n in (12, 4, 8)
        for kind in ("halves", "seed")
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(**columns)


def said(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_one_line_per_pipeline_by_its_clusters():
    """In the order of the number of clusters, whatever that of the table; the one on trial lies on top, in colour."""
    axes = pipeline_repeats(table())
    assert [line.get_xdata().tolist() for line in axes.lines] == [[4, 8, 12]] * 3
    assert axes.lines[-1].get_linewidth() > axes.lines[0].get_linewidth()
    assert axes.lines[-1].get_color() != axes.lines[0].get_color()
    assert [line.get_linestyle() for line in axes.lines] == ["-", "--", "-"]
    assert said(axes)[1:] == ["2 other pipelines", "a branch: not equivalent"]


def test_other_repeats_are_drawn_by_name():
    """The axis says which; what was not repeated is refused, and so is an audit without repeats of every pipeline."""
    assert "seed" in pipeline_repeats(table(), perturbation="seed").get_ylabel()
    with pytest.raises(UsageError, match="no pipeline was repeated with 'seeds'") as caught:
        pipeline_repeats(table(), perturbation="seeds")
    assert "'seed'" in str(caught.value)
    with pytest.raises(UsageError, match="repeat_all=True"):
        pipeline_repeats(pd.DataFrame())


def test_without_the_one_on_trial_or_numbers_the_rest_is_drawn():
    """No pipeline stands in; one whose repeats all failed has no line."""
    alone = table(stands_in=False)
    alone.loc[alone["pipeline"] == "a", "agreement"] = float("nan")
    axes = pipeline_repeats(alone)
    assert len(axes.lines) == 2
    assert said(axes)[0] == "2 other pipelines"
    assert encode(axes, kind="png")


def test_the_picture_does_not_depend_on_the_order_of_rows(tmp_path):
    """The same table, shuffled, is the same bytes."""
    one, other = tmp_path / "one.svg", tmp_path / "other.svg"
    pipeline_repeats(table(), save=one)
    pipeline_repeats(table().sample(frac=1, random_state=1), save=other)
    assert one.read_bytes() == other.read_bytes()
