import numpy as np
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
