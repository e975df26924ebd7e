"""Trip-wires of receptor scores, on receptors whose labels follow chance, V gene or donor."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.ask import Judged, Request
from rashomon.ask.which_score.receptor_wire import labels_follow_source, pure_by_chance, v_gene_alone
from rashomon.dataset import Dataset, Truth
from tests.planted import dataset as cells
from tests.planted import judged
from tests.receptor_sample import receptors, table

N = 60


def asked(epitope, *, v=None, donor=None, clusters=None):
    """Sixty receptors in pairs, or in the clusters given, with these labels."""
    chains = receptors([f"CASS{'ADEGHKLNPQ'[i % 10]}{'ADEGHK'[i // 10]}EQF" for i in range(N)], v=v)
    made = table(chains, donor=donor, item="receptor", epitope=[str(each) for each in epitope])
    codes = np.arange(N, dtype=np.int32) // 2 if clusters is None else np.asarray(clusters, dtype=np.int32)
    names = tuple(map(str, range(int(codes.max()) + 1)))
    return Request(made, Judged("mine", codes, names, own=True), 0)


def test_pairs_with_one_common_label_are_pure_by_chance():
    """Nine of ten receptors of one label: permuted pairs are pure above 0.9; of ten labels they are not."""
    common = pure_by_chance(asked([0] * 54 + [1] * 6), None, purity=0.6)
    assert (common.status, common.concerned) == ("fired", ("epitope",))
    assert "purity is 0.9" in common.said
    assert pure_by_chance(asked(np.arange(N) % 10), None, purity=0.6).status == "quiet"


def test_labels_that_are_v_genes_are_told_by_v():
    """Labels that follow V fire, those that follow the clusters and not V do not."""
    v = [f"TRBV{5 + i % 2}-1*01" for i in range(N)]
    halves = np.arange(N) // 15
    assert v_gene_alone(asked(np.arange(N) % 2, v=v, clusters=halves), None, gain=0.05).status == "fired"
    own = v_gene_alone(asked(halves, v=v, clusters=halves), None, gain=0.05)
    assert own.status == "quiet"
    assert "less that with the clusters, is -1.0" in own.said


def test_an_epitope_of_every_donor_is_foretold():
    """Goodman and Kruskal's lambda is 1 where each donor has one label, 0 where all share them."""
    donors = [f"d{i // 15}" for i in range(N)]
    same = labels_follow_source(asked(np.arange(N) // 15, donor=donors), None, share=0.5)
    assert (same.status, same.concerned) == ("fired", ("epitope by donor",))
    assert "100% is foretold" in same.said
    assert labels_follow_source(asked(np.arange(N) % 5, donor=donors), None, share=0.5).status == "quiet"


@given(st.integers(0, 100))
def test_permuted_labels_are_foretold_by_little(seed):
    """Whatever the labels, donors of thirty receptors foretell less than half of what is left."""
    rng = np.random.default_rng(seed)
    donors = [f"d{i // 30}" for i in range(N)]
    found = labels_follow_source(asked(rng.permutation(np.arange(N) % 3), donor=donors), None, share=0.5)
    assert found.status == "quiet"


@pytest.mark.parametrize(
    ("wire", "limit"),
    [(pure_by_chance, {"purity": 0.6}), (v_gene_alone, {"gain": 0.05}), (labels_follow_source, {"share": 0.5})],
)
def test_without_receptors_or_labels_nothing_can_be_seen(wire, limit):
    """Cells, receptors without a column of what they bind, and too few labelled ones each have their reason."""
    of_cells = wire(Request(cells(), judged(), 0), None, **limit)
    assert (of_cells.status, of_cells.said) == ("not computable", "these are no receptors")
    given_labels = asked(np.arange(N) % 3, donor=["a", "b"] * (N // 2))
    none: Dataset = replace(given_labels.dataset, truths={})
    assert wire(replace(given_labels, dataset=none), None, **limit).status == "not computable"
    few = Truth("epitope", "biological", np.where(np.arange(N) < 4, 0, -1), ("a",), "external")
    sparse = replace(given_labels, dataset=replace(given_labels.dataset, truths={"epitope": few}))
    assert wire(sparse, None, **limit).status == "not computable"
