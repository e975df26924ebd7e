"""The table of knobs and scores: every square says level and word, and no two kinds look alike."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from rashomon.core import UsageError
from rashomon.pl.break_point import break_points
from rashomon.pl.canvas import encode
from tests import example_benchmark


@pytest.fixture(scope="module")
def tables():
    """Of a benchmark with every kind of square: two failed runs leave one knob open."""
    return example_benchmark.benchmark(failed=2).tables


@pytest.fixture(scope="module")
def axes(tables):
    """The figure."""
    return break_points(tables)


def squares(axes):
    """Return the words of each square by place (column, row)."""
    found = {}
    for text in axes.texts:
        x, y = text.get_position()
        found.setdefault((int(x), int(y)), []).append(text.get_text())
    return found


def test_every_square_says_where_and_how(axes):
    """One per score and knob, in the order of the table."""
    rows = [text.get_text() for text in axes.get_yticklabels()]
    assert rows == ["ari", "variation_of_information", "silhouette", "dbcv", "modularity (invalid)"]
    found = squares(axes)
    assert set(found) == {(x, y) for x in range(3) for y in range(5)}
    assert found[0, 0] == ["at 0", "nothing attainable"]
    assert found[1, 0] == ["holds"]
    assert found[2, 0] == ["cannot tell"]
    assert {found[0, y][1] for y in (0, 1, 2, 4)} == {"nothing attainable"}
    assert found[1, 2] == ["at 500", "ranks otherwise"]
    assert found[1, 1] == ["at 250", "no value"]
    assert found[1, 3] == ["from the start", "ranks otherwise"]


def test_columns_name_the_levels_and_the_fixed_one(axes):
    """In order, the fixed point in brackets."""
    assert [text.get_text() for text in axes.get_xticklabels()] == [
        "effect_size\n0, 1, [2]",
        "depth\n250, 500, [2000]",
        "ambient\n[0], 0.1",
    ]


def test_kinds_differ_in_more_than_colour(axes):
    """Face and hatch together tell the kinds apart, and the fewer steps the fuller; the legend names those present."""
    faces = [patch for patch in axes.patches if patch.get_fill()]
    looks = {squares(axes)[int(p.get_x()), int(p.get_y())][0]: (p.get_facecolor(), p.get_hatch()) for p in faces}
    kinds = ["holds", "cannot tell", "from the start", "at 500"]
    assert len({looks[name] for name in kinds}) == 4
    holds, ends = (next(p for p in faces if (int(p.get_x()), int(p.get_y())) == at) for at in ((1, 0), (0, 0)))
    assert (holds.get_hatch(), ends.get_hatch()) == ("", "////")
    one, two = (np.mean(next(p for p in faces if (int(p.get_x()), int(p.get_y())) == at).get_facecolor()[:3])
                for at in ((1, 2), (1, 1)))  # fmt: skip
    assert one < two
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "broken 1 level from the fixed point",
        "broken 2 levels from the fixed point",
        "broken before anything is turned",
        "nothing attainable from there on",
        "holds wherever pipelines differ",
        "cannot tell",
    ]


def test_invalid_scores_stand_out(axes):
    """A score that its controls do not bracket is bold and called so, whatever its squares say."""
    weights = {text.get_text(): text.get_fontweight() for text in axes.get_yticklabels()}
    assert weights.pop("modularity (invalid)") == "bold"
    assert set(weights.values()) == {"normal"}


def test_the_view_of_scores_without_a_truth_is_said(tables):
    """Under the table; scores with a truth need none."""
    assert "reference view" in break_points(tables).get_xlabel()
    assert "own view" in break_points(tables, view="own").get_xlabel()
    assert break_points(tables, truth="batch").get_xlabel() == ""


def test_scanpy_habits(tables, tmp_path):
    """Given axes are used, the file is written, and the same tables are the same bytes."""
    given = Figure().add_subplot()
    assert break_points(tables, ax=given, save=tmp_path / "a.svg") is given
    break_points(tables, ax=Figure().add_subplot(), save=tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_nothing_to_draw_is_drawn(tables):
    """A benchmark of descriptions has no squares; an unknown truth is refused."""
    empty = {**tables, "break_points": tables["break_points"].iloc[:0]}
    axes = break_points(empty)
    assert not axes.texts
    assert axes.get_legend() is None
    assert encode(axes, kind="svg")
    with pytest.raises(UsageError, match="no pipelines were ranked by 'x'"):
        break_points(tables, truth="x")


@pytest.mark.parametrize("name", ["$x$", "_hidden", "W" * 90, "\u202e\x1b", "</text><script>", "細胞型"])
def test_names_stay_text(tables, name):
    """Nothing in the name of a knob or a score acts, and none is mathematics."""
    renamed = {key: table.replace({"knob": {"depth": name}, "score": {"ari": name}}) for key, table in tables.items()}
    assert b"<script" not in encode(break_points(renamed), kind="svg")
