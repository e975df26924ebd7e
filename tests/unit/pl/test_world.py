import warnings
from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from rashomon.core import UsageError
from rashomon.dataset import LEVELS
from rashomon.pl import causal_graph, encode, house_style
from rashomon.pl.style import REFERENCE


def node(name, level="cell", *, intervened=False):
    return {"name": name, "level": level, "summary": f"what {name} is", "intervened": intervened}


def large():
    """Thirty variables on all levels, with names as long as they come, and two that were set."""
    early = [node(f"profile_of_programme_{i}", LEVELS[i % 5], intervened=i == 3) for i in range(12)]
    middle = [node(f"activity_{i}", "cell", intervened=i == 5) for i in range(12)]
    late = [node(name, "entry") for name in ("log_rate", "mean", "extra_zeros", "counts")]
    beside = [node("dispersion", "gene"), node("annotation")]
    edges = [[early[i]["name"], middle[j]["name"]] for i in range(12) for j in (i, (i * 5 + 3) % 12) if i != j or i % 2]
    edges = [list(edge) for edge in dict.fromkeys(map(tuple, edges))]
    edges += [[each["name"], "log_rate"] for each in (*early[::3], *middle)]
    edges += [["log_rate", "mean"], ["mean", "counts"], ["dispersion", "counts"], ["extra_zeros", "counts"]]
    edges += [[early[0]["name"], "counts"], ["activity_0", "annotation"]]
    return {"nodes": [*early, *middle, *late, *beside], "edges": edges}


SMALL = {
    "nodes": [node("type"), node("batch", "batch", intervened=True), node("run", "sample"), node("counts", "entry")],
    "edges": [["type", "counts"], ["batch", "counts"], ["run", "batch"]],
}


def boxes(axes):
    return [patch for patch in axes.patches if isinstance(patch, FancyBboxPatch)]


def drawn(graph):
    with house_style():
        axes = causal_graph(graph)
        encode(axes, kind="png")
    return axes


def rendered(axes):
    """What measures texts and boxes, in pixels, once the figure is laid out."""
    canvas = FigureCanvasAgg(axes.figure)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        canvas.draw()
    return canvas.get_renderer()


def test_every_variable_is_a_box_and_every_cause_an_arrow():
    """With its name and what it has one value for."""
    axes = drawn(SMALL)
    assert len(boxes(axes)) == 4
    assert len([patch for patch in axes.patches if isinstance(patch, FancyArrowPatch)]) == 3
    texts = [text.get_text() for text in axes.texts]
    assert texts == ["type", "cell", "✂ do(batch)", "batch", "run", "sample", "counts", "entry"]


def test_what_was_set_is_heavy_and_cut_off():
    """A heavy outline, do(...) in bold, dashed arrows into it with a stroke across; the others have none of these."""
    axes = drawn(SMALL)
    widths = [box.get_linewidth() for box in boxes(axes)]
    assert widths[1] > 2 * max(widths[0], widths[2], widths[3])
    bold = [text.get_text() for text in axes.texts if text.get_fontweight() == "bold"]
    assert bold == ["✂ do(batch)"]
    styles = [arrow.get_linestyle() for arrow in axes.patches if isinstance(arrow, FancyArrowPatch)]
    assert [style in {"solid", "-"} for style in styles] == [True, True, False]
    assert [line.get_color() for line in axes.lines] == [REFERENCE]
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["batch", "sample", "cell", "entry", "set from outside: do(...)"]


def test_without_an_intervention_nothing_is_said_of_one():
    """Neither in the legend nor by a stroke."""
    graph = {**SMALL, "nodes": [{**each, "intervened": False} for each in SMALL["nodes"]]}
    axes = drawn(graph)
    assert len(axes.lines) == 0
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["batch", "sample", "cell", "entry"]


def test_thirty_variables_stay_legible():
    """No two boxes meet, every text lies inside its box, the legend touches none, in print of six points or more."""
    axes = drawn(large())
    renderer = rendered(axes)
    frames = [box.get_window_extent(renderer) for box in boxes(axes)]
    assert len(frames) == 30
    assert not [pair for pair in combinations(frames, 2) if pair[0].overlaps(pair[1])]
    for place, text in enumerate(axes.texts):
        extent, frame = text.get_window_extent(renderer), frames[place // 2]
        assert frame.x0 <= extent.x0
        assert extent.x1 <= frame.x1
        # one pixel: heights of letters are rounded
        assert frame.y0 - 1 <= extent.y0
        assert extent.y1 <= frame.y1 + 1
        assert text.get_fontsize() > 5
    legend = axes.get_legend().get_window_extent(renderer)
    assert not any(legend.overlaps(frame) for frame in frames)
    whole = axes.figure.bbox
    assert whole.x0 <= legend.x0
    assert legend.x1 <= whole.x1
    width, height = axes.figure.get_size_inches()
    assert width < 13
    assert height < 16


def test_no_arrow_passes_through_a_box():
    """Between its ends an arrow is inside no box but those it joins."""
    axes = drawn(large())
    frames = [box.get_bbox() for box in boxes(axes)]
    times = np.linspace(0.05, 0.95, 40)
    for arrow in (patch for patch in axes.patches if isinstance(patch, FancyArrowPatch)):
        pieces = [piece for piece, _ in arrow._path_original.iter_bezier() if len(piece.control_points) > 1]
        x, y = np.concatenate([piece(times) for piece in pieces]).T
        inside = [box for box in frames if ((box.x0 < x) & (x < box.x1) & (box.y0 < y) & (y < box.y1)).any()]
        assert inside == []


@pytest.mark.parametrize("name", ["$x$", "_hidden", "W" * 60, "a b c " * 20, "\u202e\x1b", "</text><script>", "細胞型"])
def test_any_name_can_be_drawn(name):
    """Mathematics, wide letters, scripts without a font and hostile names are text inside their box."""
    graph = {"nodes": [node(name, level=name, intervened=True), node("counts")], "edges": [[name, "counts"]]}
    axes = drawn(graph)
    renderer = rendered(axes)
    frame = boxes(axes)[0].get_window_extent(renderer)
    for text in axes.texts[:2]:
        extent = text.get_window_extent(renderer)
        assert frame.x0 - 1 <= extent.x0
        assert extent.x1 <= frame.x1 + 1
    with house_style():
        assert b"<script" not in encode(axes, kind="svg")


def test_the_same_graph_is_the_same_bytes():
    """For reports that do not change without a reason."""
    with house_style():
        assert encode(causal_graph(SMALL), kind="svg") == encode(causal_graph(SMALL), kind="svg")


def test_axes_of_the_caller_are_drawn_into(tmp_path):
    """Given axes come back, and the file is written."""
    mine = Figure().add_subplot()
    assert causal_graph(SMALL, ax=mine, save=tmp_path / "a.svg") is mine
    assert (tmp_path / "a.svg").read_bytes() == encode(mine, kind="svg")


@pytest.mark.parametrize(
    ("graph", "what"),
    [
        ({"nodes": [], "edges": []}, "no list of 1 to 500 nodes"),
        ({**SMALL, "edges": [["type", "depth"]]}, "an edge names 'depth'"),
        ({**SMALL, "edges": [["type", "counts"], ["counts", "type"]]}, "among its own causes"),
    ],
)
def test_what_is_no_causal_graph_is_refused(graph, what):
    """With what is wrong."""
    with pytest.raises(UsageError, match=what) as caught:
        causal_graph(graph)
    assert caught.value.where == "graph"
