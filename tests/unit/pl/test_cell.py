import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from rashomon.pl import cell_panels, cells, encode
from rashomon.pl.style import PALETTE, UNKNOWN
from tests import example_audit


def labels(n_classes, n=400, prefix=""):
    xy, codes, _ = example_audit.cells(n, n_classes)
    return xy, pd.Categorical.from_codes(codes, [f"{prefix}{i}" for i in range(n_classes)])


def test_short_names_stand_on_the_map():
    """Names of up to four characters are written at their cells, once each, and need no legend."""
    axes = cells(*labels(12))
    assert [text.get_text() for text in axes.texts] == [str(i) for i in range(12)]
    assert axes.get_legend() is None


def test_long_names_are_numbered_and_explained():
    """Longer names get a number on the map and an entry with the same number in the legend."""
    axes = cells(*labels(9, prefix="cell type "))
    assert [text.get_text() for text in axes.texts] == [str(i + 1) for i in range(9)]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [f"{i + 1}  cell type {i}" for i in range(9)]


def test_legend_explains_every_number_on_the_map():
    """Thirty long names have thirty entries in three columns; none is left to be guessed."""
    axes = cells(*labels(30, n=1000, prefix="type "))
    entries = [text.get_text() for text in axes.get_legend().get_texts()]
    assert entries == [f"{i + 1}  type {i}" for i in range(30)]
    assert sorted(text.get_text() for text in axes.texts) == sorted(str(i + 1) for i in range(30))


@pytest.mark.parametrize("prefix", ["type ", ""])
def test_the_sixty_largest_are_coloured_and_the_rest_is_grey(prefix):
    """Beyond sixty categories the smallest are grey and unnamed, and the legend says how many they are."""
    codes = np.repeat(np.arange(70), np.arange(1, 71))
    xy = np.random.default_rng(3).normal(size=(codes.size, 2))
    axes = cells(xy, pd.Categorical.from_codes(codes, [f"{prefix}{i:02d}" for i in range(70)]))
    entries = [text.get_text() for text in axes.get_legend().get_texts()]
    assert entries[-1] == "10 smaller ones"
    assert len(axes.texts) == 60
    grey, coloured = axes.collections
    assert len(grey.get_offsets()) == sum(range(1, 11))
    assert len(coloured.get_offsets()) == sum(range(11, 71))


def test_names_do_not_lie_on_each_other():
    """Forty names in one crowd are apart on the map; a line leads to those that moved."""
    xy = np.random.default_rng(5).normal(size=(2000, 2))
    axes = cells(xy, pd.Categorical.from_codes(np.arange(2000) % 40, [str(i) for i in range(40)]))
    axes.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in axes.texts]
    # a box of text has room around its letters
    inner = [box.shrunk(0.85, 0.75) for box in boxes]
    assert not any(a.overlaps(b) for i, a in enumerate(inner) for b in inner[:i])
    assert axes.lines


def test_colours_of_the_data_are_used():
    """A colour for every category is that of the points; an incomplete palette is not mixed with another."""
    xy, values = labels(3)
    own = {"0": "#111111", "1": "#222222", "2": "#333333"}
    drawn = cells(xy, values, colours=own).collections[0].get_facecolor()
    assert {to_hex(colour) for colour in drawn} == set(own.values())
    drawn = cells(xy, values, colours={"0": "#111111"}).collections[0].get_facecolor()
    assert {to_hex(colour) for colour in drawn} == {colour.lower() for colour in PALETTE[:3]}


def test_panels_take_colours_by_title():
    """Each panel has its own; one without has those of the package."""
    xy, values = labels(2)
    first, second = cell_panels(xy, {"a": values, "b": values}, colours={"a": {"0": "#111111", "1": "#222222"}})
    assert to_hex(first.collections[0].get_facecolor()[0]) in {"#111111", "#222222"}
    assert to_hex(second.collections[0].get_facecolor()[0]) in {colour.lower() for colour in PALETTE[:2]}


def test_the_map_fills_its_panel():
    """The cells reach over nine tenths of the longer side of the square, whatever the layout did."""
    xy, values = labels(5)
    axes = cells(xy * [1, 0.3], values)
    axes.figure.canvas.draw()
    assert np.ptp(xy[:, 0]) / np.ptp(axes.get_xlim()) == pytest.approx(1 / 1.06, abs=0.02)
    assert np.ptp(axes.get_xlim()) == pytest.approx(np.ptp(axes.get_ylim()))


def test_numbers_use_one_fixed_scale_and_grey_for_unknown():
    """Zero and one have the same colours in every figure; cells without a number are grey, and that is said."""
    xy, _, stability = example_audit.cells(400)
    axes = cells(xy, stability)
    unknown, known = axes.collections
    assert known.get_clim() == (0, 1)
    assert len(unknown.get_offsets()) == np.isnan(stability).sum() == 10
    assert unknown.get_facecolor()[0] == pytest.approx([int(UNKNOWN[i : i + 2], 16) / 255 for i in (1, 3, 5)] + [1])
    assert [text.get_text() for text in axes.texts] == ["grey: not known"]


def test_cells_without_label_or_place():
    """A cell without a label is grey, one without coordinates is left out, and none of them makes a category."""
    xy, values = labels(3, n=60)
    xy[0] = np.nan
    codes = values.codes.copy()
    codes[1:6] = -1
    axes = cells(xy, pd.Categorical.from_codes(codes, values.categories))
    assert [len(layer.get_offsets()) for layer in axes.collections] == [5, 54]


@pytest.mark.parametrize(("n", "raster"), [(4900, False), (5100, True)])
def test_many_cells_become_pixels(n, raster):
    """Above five thousand cells the layer is drawn as pixels, and the file stays small."""
    axes = cells(*labels(4, n=n))
    assert bool(axes.collections[0].get_rasterized()) is raster
    if raster:
        assert len(encode(axes, kind="svg")) < 500_000


def test_label_stands_on_a_cell_of_its_category():
    """A category on two islands is named on one of them, not between."""
    xy = np.r_[np.zeros((9, 2)), np.full((8, 2), 10.0)]
    (text,) = cells(xy, pd.Categorical(["a"] * 17)).texts
    assert text.get_position() in {(0.0, 0.0), (10.0, 10.0)}


def test_panels_share_the_map(tmp_path):
    """There is one panel per entry, titled by it, in the order given, inside the axes of the caller."""
    xy, codes, stability = example_audit.cells(200)
    mine = Figure(figsize=(9, 4)).add_subplot()
    panels = cell_panels(
        xy, {"clusters": pd.Categorical(codes), "$x$": stability}, ax=mine, save=tmp_path / "cells.png"
    )
    assert mine.child_axes == panels
    assert [panel.get_title() for panel in panels] == ["clusters", "\\$x\\$"]
    assert (tmp_path / "cells.png").exists()


def test_same_cells_are_the_same_bytes():
    """Nothing about the figure is random."""
    assert encode(cells(*labels(5)), kind="svg") == encode(cells(*labels(5)), kind="svg")
