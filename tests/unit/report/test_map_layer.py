from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Judged
from rashomon.dataset import Roles, Truth
from rashomon.pl.style import PALETTE, category_colour
from rashomon.report.map_layer import N_COLOURED, layers, shown
from tests import example_audit, example_receptor_audit


def by_title(audit):
    return {layer.title: layer for layer in layers(audit)}


def with_truth(audit, truth, *, colours=None):
    """The audit with one label column."""
    return replace(audit, dataset=replace(audit.dataset, truths={truth.name: truth}, colours=colours or {}))


@pytest.fixture(scope="module")
def audit():
    return example_audit.audit()


def test_what_can_be_chosen_stands_in_groups(audit):
    """Clusters first, then what was found, then label columns; each group in one piece."""
    assert [(layer.group, layer.title) for layer in layers(audit)] == [
        ("Clusters", "leiden (the clusters judged)"),
        ("What was found", "verdict of the cluster"),
        ("What was found", "stability of each cell"),
        ("Label columns", "cell_type"),
        ("Label columns", "gate"),
    ]


def test_clusters_are_those_judged(audit):
    """Codes and names of the judged clusters, in the colours that all figures give to their places."""
    layer = by_title(audit)["leiden (the clusters judged)"]
    np.testing.assert_array_equal(layer.codes, audit.judged.codes)
    assert layer.names == audit.judged.categories
    assert layer.colours == tuple(category_colour(place) for place in range(8))


def test_merged_clusters_keep_a_colour(audit):
    """What is merged has the colour of its largest part, what is not merged its own; the title counts them."""
    codes = audit.judged.codes
    names = np.array(["0", "1 + 2", "1 + 2", *map(str, range(3, 8))], dtype=object)
    merged = replace(audit, cells=audit.cells.assign(recommended=names[codes], conservative=list(map(str, codes))))
    found = by_title(merged)
    recommended = found["recommended labelling (7 of 8 remain)"]
    base = found["leiden (the clusters judged)"].colours
    largest = 1 if (codes == 1).sum() >= (codes == 2).sum() else 2
    assert recommended.names == ("0", "1 + 2", *map(str, range(3, 8)))
    assert recommended.colours == (base[0], base[largest], *base[3:])
    np.testing.assert_array_equal(np.array(recommended.names, dtype=object)[recommended.codes], names[codes])
    assert found["conservative labelling (all 8 as they are)"].colours == base


def test_verdicts_have_sign_and_tone(audit):
    """Cells carry the verdict of their cluster with its sign; each cluster is marked by the sign."""
    layer = by_title(audit)["verdict of the cluster"]
    said = np.array(layer.names, dtype=object)[layer.codes]
    for code, kind in enumerate(audit.clusters["class"]):
        assert {text.partition(" ")[2] for text in said[audit.judged.codes == code]} == {kind}
    assert layer.colours[layer.names.index("✓ comes back")].upper() == PALETTE[2]
    codes, signs = layer.marked
    np.testing.assert_array_equal(codes, audit.judged.codes)
    assert signs == ("✓", "✓", "✓", "÷", "+", "◐", "✗", "?")


def test_verdicts_of_receptors_are_theirs():
    """Clusters of receptors get the words for receptors."""
    audit = example_receptor_audit.audit()
    names = {name.partition(" ")[2] for name in by_title(audit)["verdict of the cluster"].names}
    words = set(audit.tables["receptor_clusters"]["verdict"])
    assert words <= names <= {*words, "cannot tell"}


def test_stability_is_a_number(audit):
    """Stability stays what it is, NaN where it is not known; a scale has no classes."""
    layer = by_title(audit)["stability of each cell"]
    np.testing.assert_array_equal(layer.values, audit.cells["stability"])
    assert (layer.names, layer.none) == ((), "not known")


def test_what_nobody_knows_is_not_offered():
    """Labels alone have neither verdict nor stability, and a column without any label is no choice."""
    audit = example_audit.audit(labels_only=True)
    empty = Truth("empty", "annotation", np.full(audit.dataset.n_obs, -1, dtype=np.int32), ("a",))
    assert [layer.title for layer in layers(with_truth(audit, empty))] == ["leiden (the clusters judged)"]


def test_columns_say_what_they_are(audit):
    """A column made from the same data says so, roles are named once, and technical columns stand apart."""
    codes = np.zeros(audit.dataset.n_obs, dtype=np.int32)
    phase = Truth("phase", "annotation", codes, ("G1",), "expression")
    patient, batch = (Truth(name, "technical", codes, ("1",)) for name in ("patient", "batch"))
    data = replace(
        audit.dataset,
        truths={"phase": phase, "patient": patient, "tube": replace(patient, name="tube")},
        roles=Roles(donor=patient, batch=batch),
    )
    found = [(layer.group, layer.title) for layer in layers(replace(audit, dataset=data))][3:]
    assert found == [
        ("Label columns", "phase (made from the same data)"),
        ("Technical columns", "tube"),
        ("Technical columns", "patient (donor)"),
        ("Technical columns", "batch"),
    ]


def test_colours_of_the_file_are_used(audit):
    """Where the file has a colour for every class, these are drawn; where one is missing, none of them."""
    truth = Truth("type", "annotation", audit.judged.codes % 2, ("B", "T"))
    own = with_truth(audit, truth, colours={"type": {"B": "#123456", "T": "#abcdef"}})
    assert by_title(own)["type"].colours == ("#123456", "#abcdef")
    part = with_truth(audit, truth, colours={"type": {"B": "#123456"}})
    assert by_title(part)["type"].colours == PALETTE[:2]


def test_numbers_stand_as_numbers(audit):
    """Clusters 2 and 10 stand in that order in the legend, with their own cells and colours; words stay as they are."""
    codes = np.arange(audit.dataset.n_obs, dtype=np.int32) % 3
    numbered = replace(audit, judged=Judged("louvain", codes, ("0", "10", "2"), own=True))
    layer = by_title(replace(numbered, tables={**audit.tables, "clusters": pd.DataFrame()}))
    layer = layer["louvain (the clusters judged)"]
    assert layer.names == ("0", "2", "10")
    assert layer.colours == (PALETTE[0], PALETTE[2], PALETTE[1])
    np.testing.assert_array_equal(np.array(layer.names)[layer.codes], np.array(["0", "10", "2"])[codes])
    phase = Truth("phase", "annotation", codes, ("S", "G1", "G2M"))
    assert by_title(with_truth(audit, phase))["phase"].names == ("S", "G1", "G2M")


def test_many_classes_are_grey_but_for_the_largest(audit, rng):
    """Of 600 classes the 20 largest come first and have colours, 500 have a name, and the rest are counted as one."""
    codes = np.minimum(rng.geometric(0.02, audit.dataset.n_obs) - 1, 599).astype(np.int32)
    truth = Truth("clone", "receptor", codes, tuple(f"clone {place}" for place in range(600)))
    layer = by_title(with_truth(audit, truth))["clone"]
    sizes = np.bincount(codes, minlength=600)
    order = np.argsort(-sizes, kind="stable")
    assert layer.names == (*(f"clone {place}" for place in order[:500]), "100 smaller ones")
    assert layer.n_coloured == N_COLOURED
    assert len(set(layer.colours[:N_COLOURED])) == N_COLOURED
    assert len(set(layer.colours[N_COLOURED:])) == 1
    np.testing.assert_array_equal(np.bincount(layer.codes, minlength=501)[:500], sizes[order[:500]])
    assert (layer.codes == 500).sum() == sizes[order[500:]].sum()


def test_forty_classes_all_have_a_colour(audit):
    """Up to twice the shades of the palette every class is coloured, in its own order."""
    truth = Truth("site", "annotation", np.arange(audit.dataset.n_obs, dtype=np.int32) % 42, tuple(map(str, range(42))))
    layer = by_title(with_truth(audit, truth))["site"]
    assert layer.n_coloured == 42
    assert layer.names == tuple(map(str, range(42)))


@pytest.mark.parametrize(
    ("name", "text"),
    [("CD4+/CD45RA+/CD25- T", "CD4+/CD45RA+/CD25- T"), ("a\nb\u202e", "a\\nb\\u202e"), ("x" * 81, "x" * 79 + "…")],
)
def test_names_are_shown_whole_on_one_line(name, text):
    """A slash makes no path of a name; what cannot be seen is written out; only very long names are cut."""
    assert shown(name) == text
