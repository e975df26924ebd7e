import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from rashomon.pl import cell_panels, cells, encode
from rashomon.pl.style import UNKNOWN
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


def test_legend_holds_the_twenty_largest():
    """Beyond twenty categories the legend says how many more there are; the map still shows all."""
    xy, _ = labels(1, n=1000)
    codes = np.r_[np.repeat(np.arange(30), np.arange(1, 31)), np.full(535, 29)]
    axes = cells(xy, pd.Categorical.from_codes(codes, [f"type {i:02d}" for i in range(30)]))
    entries = [text.get_text() for text in axes.get_legend().get_texts()]
    assert entries[-1] == "and 10 smaller ones"
    assert [entry.split()[-1] for entry in entries[:-1]] == [f"{i:02d}" for i in range(10, 30)]
    assert len(axes.texts) == 30


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
