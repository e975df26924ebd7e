from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle

from rashomon.core import UsageError
from rashomon.pl import alluvial, encode
from rashomon.pl.style import UNKNOWN, category_colour
from tests.planted import adata, dataset, planted_audit, truth

TABLE = pd.DataFrame(
    {
        "type": ["T"] * 60 + ["B"] * 30 + [None] * 10,
        "gate": ["CD3"] * 50 + ["CD19"] * 50,
        "site": ["left", "right"] * 50,
    }
)


def texts(axes):
    return [text.get_text() for text in axes.texts]


def ribbons(axes):
    return [patch for patch in axes.patches if isinstance(patch, PathPatch)]


def test_classes_are_named_with_their_sizes():
    """One name per class and column, the names of the columns above, what is left out below."""
    axes = alluvial(TABLE, truths=["type", "gate"])
    assert texts(axes)[:2] == ["type", "gate"]
    assert set(texts(axes)[2:]) == {"T (60)", "B (30)", "CD3 (50)", "CD19 (40)"}
    assert axes.get_xlabel().replace("\n", " ") == "90 cells with a class in every column; 10 without are left out"


def test_a_ribbon_has_the_colour_of_its_first_class_and_the_width_of_its_cells():
    """T goes to both gates, B to one."""
    axes = alluvial(TABLE, truths=["type", "gate"])
    drawn = sorted((to_hex(r.get_facecolor()), round(np.ptp(r.get_path().vertices[[0, -1], 1]))) for r in ribbons(axes))
    assert drawn == sorted(
        [(category_colour(1).lower(), 50), (category_colour(1).lower(), 10), (category_colour(0).lower(), 30)]
    )


def test_three_columns_keep_the_colour_of_the_first():
    """Two ribbons per group of cells."""
    axes = alluvial(TABLE, truths=["type", "gate", "site"])
    assert len(ribbons(axes)) == 2 * 6
    assert {to_hex(each.get_facecolor()) for each in ribbons(axes)} == {category_colour(i).lower() for i in range(2)}


def test_many_flows_are_pooled_and_said(rng):
    """At most 30 ribbons between two columns, one of them grey; blocks called other; the share stands below."""
    many = pd.DataFrame({"a": rng.integers(0, 12, 3000), "b": rng.integers(0, 9, 3000)})
    axes = alluvial(many, truths=["a", "b"])
    assert len(ribbons(axes)) == 30
    assert sum(to_hex(each.get_facecolor()) == UNKNOWN for each in ribbons(axes)) == 1
    assert sum(text.startswith("other (") for text in texts(axes)) == 2
    assert "small flows with" in axes.get_xlabel().replace("\n", " ")


def test_long_names_keep_their_ends_and_never_meet():
    """Names of subsets differ at the end; text stays literal and apart."""
    names = [f"CD4-positive, alpha-beta memory T cell $subset$ number {i}" for i in range(14)]
    sizes = [200, *[1] * 12, 200]
    table = pd.DataFrame({"a": np.repeat(names, sizes), "b": "x"})
    axes = alluvial(table, truths=["a", "b"])
    shown = axes.texts[2:16]
    assert all(
        name.get_text().split("(")[0].rstrip().endswith(f"number {i}")
        for name, i in zip(shown, [0, 1, 10, 11, 12, 13, *range(2, 10)], strict=True)
    )
    axes.figure.canvas.draw()
    boxes = sorted((text.get_window_extent() for text in shown), key=lambda box: box.y0)
    assert all(below.y1 <= above.y0 + 1 for below, above in pairwise(boxes))


@pytest.mark.parametrize("make", [adata, dataset, planted_audit], ids=["AnnData", "Dataset", "audit"])
def test_whatever_holds_labels_is_drawn(make):
    """Labels of obs, or truths and roles."""
    axes = alluvial(make(), truths=["type", "donor"])
    assert texts(axes)[:2] == ["type", "donor"]
    assert sum(isinstance(patch, Rectangle) for patch in axes.patches) == 3 + 4


def test_circular_columns_are_marked():
    """Above the column."""
    data = dataset(truths=[truth("made", derived_from="expression"), truth("known")])
    assert texts(alluvial(data, truths=["made", "known"]))[:2] == ["made\nmade from the same matrix", "known"]


@pytest.mark.parametrize("names", [["type"], ["type", "gate", "site", "type"], "type"])
def test_two_or_three_columns_are_drawn(names):
    """Not one, not four, not a word."""
    with pytest.raises(UsageError, match="are not two or three columns"):
        alluvial(TABLE, truths=names)


def test_what_cannot_be_drawn_is_a_mistake_of_the_call():
    """An unknown column, nothing in common, nothing with labels."""
    with pytest.raises(UsageError, match="there is no label column 'tpye'") as caught:
        alluvial(TABLE, truths=["tpye", "gate"])
    assert "did you mean 'type'" in caught.value.fix
    with pytest.raises(UsageError, match="no item has a class in every column"):
        alluvial(pd.DataFrame({"a": ["x", None], "b": [None, "y"]}), truths=["a", "b"])
    with pytest.raises(UsageError, match="a dict holds no labels"):
        alluvial({}, truths=["a", "b"])


def test_it_draws_where_it_is_told_and_saves(tmp_path):
    """Axes of the caller; the same bytes twice."""
    axes = Figure().add_subplot()
    assert alluvial(TABLE, truths=["type", "gate"], ax=axes, save=tmp_path / "a.png") is axes
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    first, again = (encode(alluvial(TABLE, truths=["type", "gate"]), kind="svg") for _ in range(2))
    assert first == again


def test_colours_of_the_data_are_used():
    """An AnnData and a Dataset bring those of the first column; ribbons and blocks have them."""
    anndata = adata()
    anndata.obs["type"] = anndata.obs["type"].astype("category")
    own = dict(zip(anndata.obs["type"].cat.categories, ("#123456", "#234567", "#345678"), strict=True))
    anndata.uns["type_colors"] = list(own.values())
    for data in (anndata, replace(dataset(), colours={"type": own})):
        axes = alluvial(data, truths=["type", "donor"])
        assert {to_hex(each.get_facecolor()) for each in ribbons(axes)} == set(own.values())
        blocks = [patch for patch in axes.patches if isinstance(patch, Rectangle)][:3]
        assert {to_hex(each.get_facecolor()) for each in blocks} == set(own.values())


def test_many_classes_stay_told_apart_by_name():
    """Forty classes are each named beside their block, though colours repeat."""
    table = pd.DataFrame({"a": np.repeat([f"type {i:02d}" for i in range(40)], 20), "b": ["x", "y"] * 400})
    axes = alluvial(table, truths=["a", "b"])
    blocks = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    named = [text.split(" (")[0] for text in texts(axes)[2:]]
    assert len(named) == len(blocks)
    # two columns: each names a class once
    assert len(set(named)) >= len(named) - 1
    assert sum(name.startswith("type") for name in named) == 15
