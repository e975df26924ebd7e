import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from rashomon.pl import cluster_recovery, encode
from tests import example_audit


@pytest.mark.parametrize("n", [1, 3, 8, 40])
def test_one_panel_per_rung_and_one_row_per_cluster(n):
    """Every cluster is a dot in every panel, is named once with its size, and has its verdict beside it."""
    clusters = example_audit.clusters(n)
    panels = cluster_recovery(example_audit.rungs(n), clusters)
    assert [panel.get_title().split("\n")[0] for panel in panels] == list(example_audit.RUNGS)
    for panel in panels:
        dots = np.concatenate([np.asarray(layer.get_offsets()) for layer in panel.collections[1:]])
        assert len(dots) == n
        assert sorted(dots[:, 1]) == list(range(n))
    names = [text.get_text().replace("\n", " ") for text in panels[0].get_yticklabels()]
    assert sorted(names) == sorted(
        f"{name}, {size:,} cells" for name, size in zip(clusters["name"], clusters["size"], strict=True)
    )
    assert len(panels[-1].texts) == n


def test_sizes_are_of_what_the_rows_are():
    """Receptors are not called cells."""
    panels = cluster_recovery(example_audit.rungs(1), example_audit.clusters(1), item="receptor")
    assert panels[0].get_yticklabels()[0].get_text().endswith("receptors")


def test_rows_run_from_the_best_to_the_worst():
    """The order is that of the recovery rate, and the first row is on top."""
    panels = cluster_recovery(example_audit.rungs(), example_audit.clusters())
    names = [text.get_text() for text in panels[0].get_yticklabels()]
    assert [name[0] for name in names] == list("01234567")
    bottom, top = panels[0].get_ylim()
    assert bottom > top


def test_hollow_dots_lie_below_the_threshold():
    """A filled dot is at or above the threshold, a hollow one below it, and the threshold is drawn."""
    (*_, panel) = cluster_recovery(example_audit.rungs(), example_audit.clusters(), threshold=0.4)
    filled, hollow = panel.collections[1:]
    assert np.asarray(filled.get_offsets())[:, 0].min() >= 0.4
    assert np.asarray(hollow.get_offsets())[:, 0].max() < 0.4
    assert list(panel.lines[0].get_xdata()) == [0.4, 0.4]


def test_cluster_that_no_repeat_held_keeps_its_row():
    """A cluster without a number is named and has its verdict; no dot is invented."""
    rungs = example_audit.rungs(4).query("cluster != 2")
    panels = cluster_recovery(rungs, example_audit.clusters(4))
    assert panels[0].get_yticklabels()[-1].get_text().startswith("2 ")
    offsets = np.concatenate([np.asarray(layer.get_offsets()) for layer in panels[0].collections[1:]])
    assert np.isfinite(offsets).all()
    assert len(offsets) == 3


def test_height_grows_with_the_clusters():
    """Forty clusters have as much room each as eight."""
    few = cluster_recovery(example_audit.rungs(8), example_audit.clusters(8))[0].figure.get_size_inches()
    many = cluster_recovery(example_audit.rungs(40), example_audit.clusters(40))[0].figure.get_size_inches()
    assert many[1] - few[1] == pytest.approx(32 * 0.3)
    assert many[0] == few[0]


def test_axes_of_the_caller_hold_the_panels(tmp_path):
    """Given axes keep their figure; the file is written."""
    figure = Figure()
    left, right = figure.subplots(1, 2)
    panels = cluster_recovery(example_audit.rungs(), example_audit.clusters(), ax=right, save=tmp_path / "a.png")
    assert right.child_axes == panels
    assert not left.child_axes
    assert (tmp_path / "a.png").stat().st_size > 1000


def test_hostile_names_are_drawn():
    """Names full of mathematics and markup are drawn as they are."""
    clusters = example_audit.clusters(3).assign(name=["$\\frac{1", "_x", "<b>\u202e"], verdict="$$ _")
    panels = cluster_recovery(example_audit.rungs(3), clusters)
    assert encode(panels[0], kind="svg")


def with_null(n, **changed):
    return example_audit.rungs(n).assign(jaccard_null=0.6, jaccard_null_95=0.8, **changed)


def below(panel):
    (outer,) = [one for one in panel.figure.axes if panel in one.child_axes]
    return outer.get_xlabel().replace("\n", " ")


def test_what_one_population_reaches_is_a_bar_behind_the_dots():
    """From the median to the 95 % point, in the rows and panels where it is known; the axis explains it."""
    rungs = with_null(3)
    rungs.loc[rungs["rung"] != "halves", ["jaccard_null", "jaccard_null_95"]] = np.nan
    rungs.loc[rungs["cluster"] == 1, "jaccard_null_95"] = np.nan
    panels = cluster_recovery(rungs, example_audit.clusters(3))
    bars = {
        panel.get_title().split("\n")[0]: [bar for bar in panel.patches if bar.get_height() == 0.7] for panel in panels
    }
    assert {name: len(found) for name, found in bars.items()} == {
        name: 2 * (name == "halves") for name in example_audit.RUNGS
    }
    for bar in bars["halves"]:
        assert (bar.get_x(), bar.get_x() + bar.get_width()) == pytest.approx((0.6, 0.8))
    assert "one population without groups, median to 95 % point (red)" in below(panels[0])


def test_without_a_null_nothing_is_said_of_one():
    """A column of NaN, or none: no bar, no sentence."""
    for rungs in (example_audit.rungs(3), with_null(3).assign(jaccard_null_95=np.nan)):
        panels = cluster_recovery(rungs, example_audit.clusters(3))
        assert "population" not in below(panels[0])
        assert not any(patch.get_height() == 0.7 for panel in panels for patch in panel.patches)


def test_every_repeat_is_a_small_dot():
    """The dots of a panel are the values of its repeats, in the rows of their clusters; unknown ones are left out."""
    rungs, clusters = example_audit.rungs(3), example_audit.clusters(3)
    rows = [(c, "halves", value) for c in range(3) for value in (0.2 + 0.1 * c, 0.9, 0.9)] + [(0, "halves", np.nan)]
    repeats = pd.DataFrame(rows, columns=["cluster", "rung", "jaccard"])
    panels = cluster_recovery(rungs, clusters, repeats=repeats)
    panel = panels[list(example_audit.RUNGS).index("halves")]
    names = [int(text.get_text()[0]) for text in panels[0].get_yticklabels()]
    (dots,) = [layer for layer in panel.collections if len(layer.get_offsets()) == 9]
    found = {(names[round(y)], round(x, 6)) for x, y in np.asarray(dots.get_offsets())}
    assert found == {(c, round(value, 6)) for c, _, value in rows if np.isfinite(value)}
    assert "small dots: the repeats" in below(panel)


def test_many_repeats_are_pixels():
    """A thousand pipelines do not make the file large."""
    repeats = pd.DataFrame({"cluster": np.arange(6000) % 8, "rung": "settings", "jaccard": np.linspace(0, 1, 6000)})
    panels = cluster_recovery(example_audit.rungs(), example_audit.clusters(), repeats=repeats)
    assert len(encode(panels[0], kind="svg")) < 600_000
