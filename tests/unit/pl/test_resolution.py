import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from rashomon.pl import encode
from rashomon.pl.resolution import best_levels, resolution_range

LEVELS = (0.5, 1.0, 1.5, 2.0)
EXISTS = ("1110", "0100", "1101", "0000")
"""One text per cluster: at which levels it exists."""


def ranges(exists=EXISTS, *, choice="resolution", levels=LEVELS):
    rows = [
        (cluster, choice, level, float(flag == "1"), 1.0, flag == "1")
        for cluster, flags in enumerate(exists)
        for level, flag in zip(levels, flags, strict=True)
    ]
    columns = ["cluster", "choice", "level", "recovered", "recovered_halves", "exists"]
    return pd.DataFrame(rows, columns=columns)


def clusters(n=len(EXISTS)):
    return pd.DataFrame({"name": [f"{i} (T)" for i in range(n)], "size": [1000 - i for i in range(n)]})


def marks(panel):
    """Places of the marks by what they mean, and the bars."""
    bars, *layers = panel.collections
    names = ("exists", "halves", "pipelines", "both")
    found = {name: {tuple(xy) for xy in layer.get_offsets()} for name, layer in zip(names, layers, strict=True)}
    return found, bars.get_segments()


def rows_of(panel):
    return [int(tick.get_text().split(" ")[0]) for tick in panel.get_yticklabels()]


def test_a_dot_where_a_cluster_exists_and_a_bar_between_neighbours():
    """Bars join neighbouring levels of one cluster, and never bridge a gap or two clusters."""
    (panel,) = resolution_range(ranges(), clusters())
    found, bars = marks(panel)
    order = rows_of(panel)
    expected = {(x, order.index(c)) for c, flags in enumerate(EXISTS) for x, flag in enumerate(flags) if flag == "1"}
    assert found["exists"] == expected
    joined = {(segment[0][0], segment[1][0], segment[0][1]) for segment in bars}
    assert joined == {
        (x, x + 1, order.index(c)) for c, flags in enumerate(EXISTS) for x in range(3) if flags[x : x + 2] == "11"
    }
    assert all(low[1] == high[1] for low, high in bars)


def test_rows_run_from_coarse_to_never():
    """First those that exist at the coarsest level, the longest before; at the end those that exist at none."""
    (panel,) = resolution_range(ranges(), clusters())
    assert rows_of(panel) == [2, 0, 1, 3]


@pytest.mark.parametrize(
    ("recovered", "halves", "mark"),
    [
        (0.5, 0.9, "pipelines"),
        (0.9, 0.5, "halves"),
        (0.5, 0.5, "both"),
        (0.5, np.nan, "pipelines"),
        (np.nan, 0.1, "halves"),
    ],
)
def test_marks_say_what_loses_a_cluster(recovered, halves, mark):
    """Other settings at this level, half-samples, or both."""
    table = ranges(["0"], levels=[1.0]).assign(recovered=recovered, recovered_halves=halves)
    found, _ = marks(resolution_range(table, clusters(1))[0])
    assert {name: len(places) for name, places in found.items() if places} == {mark: 1}


def test_levels_at_which_most_exist_are_marked():
    """Below each level the number of clusters that exist there; the highest is bold and shaded."""
    (panel,) = resolution_range(ranges(), clusters())
    texts = [tick.get_text() for tick in panel.get_xticklabels()]
    assert texts == ["0.5\n2 of 4", "1\n3 of 4", "1.5\n1 of 4", "2\n1 of 4"]
    assert [tick.get_fontweight() for tick in panel.get_xticklabels()] == ["normal", "bold", "normal", "normal"]
    assert [text.get_position()[0] for text in panel.texts if text.get_text() == "best level"] == [1]
    assert best_levels(ranges()) == [1.0]


def test_ties_and_nothing_are_said():
    """Two best levels are both best; where nothing exists none is."""
    assert best_levels(ranges(["1100"])) == [0.5, 1.0]
    assert best_levels(ranges(["0000"])) == []
    assert best_levels(ranges([])) == []
    (panel,) = resolution_range(ranges(["1111"] * 3), clusters(3))
    assert not panel.texts


def test_every_choice_has_a_panel():
    """Resolutions of a graph and numbers of clusters do not share an axis."""
    both = pd.concat([ranges(), ranges(["101"] * 4, choice="k", levels=(5, 8, 12))], ignore_index=True)
    panels = resolution_range(both, clusters())
    assert [panel.get_xlabel() for panel in panels] == ["resolution", "k"]
    assert [len(panel.get_xticks()) for panel in panels] == [4, 3]
    few = pd.concat([ranges(["1"] * 4, choice="cutoff", levels=(1,)), ranges()], ignore_index=True)
    assert rows_of(resolution_range(few, clusters())[0]) == [2, 0, 1, 3]


def test_the_largest_sixty_are_drawn_and_all_are_counted():
    """The number below a level is of all seventy clusters."""
    (panel,) = resolution_range(ranges(["1010"] * 70), clusters(70))
    assert sorted(rows_of(panel)) == list(range(60))
    assert panel.get_xticklabels()[0].get_text() == "0.5\n70 of 70"
    assert panel.figure.axes[0].get_xlabel().startswith("10 small clusters are counted")


def test_order_of_the_rows_does_not_matter(tmp_path):
    """A shuffled table gives the same picture to the last bit."""
    one, other = tmp_path / "one.png", tmp_path / "other.png"
    resolution_range(ranges(), clusters(), save=one)
    resolution_range(ranges().sample(frac=1, random_state=3), clusters(), save=other)
    assert compare_images(str(one), str(other), tol=0) is None
    assert one.read_bytes() == other.read_bytes()


def test_nothing_varied_is_said():
    """A sentence in place of panels, on the axes of the caller."""
    axes = Figure().add_subplot()
    assert resolution_range(ranges([]), clusters(), ax=axes) == []
    assert [text.get_text() for text in axes.texts] == ["no granularity was varied"]


def test_sizes_are_of_what_the_rows_are():
    """Receptors are not called cells; hostile names stay text."""
    table = clusters().assign(name=["$\\frac{1", "_x", "<b>\u202e", "T"])
    (panel,) = resolution_range(ranges(), table, item="receptor")
    assert all(tick.get_text().endswith(" receptors") for tick in panel.get_yticklabels())
    assert encode(panel, kind="svg")
