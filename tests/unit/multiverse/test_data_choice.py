"""Choices before the embedding are those the data allow; every reason is given."""

import numpy as np
import pytest

from rashomon.multiverse import BUDGETS, Wishes
from rashomon.multiverse.data_choice import BEFORE_VIEW, data_choices
from rashomon.multiverse.offer import Offer
from tests.planted import blank, with_batches


def made(data, *, budget="full", **levels):
    """Choices by name, and reasons by choice and level."""
    offer = Offer(data, BUDGETS[budget], Wishes(levels))
    choices = {choice.name: choice for choice in data_choices(offer, data.expression)}
    return choices, {(entry.choice, entry.level): entry.because for entry in offer.not_run}


def test_they_come_in_their_order():
    """With batches, symbols and counts all eight are there, in the order of the analysis."""
    assert tuple(made(with_batches())[0]) == BEFORE_VIEW


def test_flavors_follow_the_normalisation():
    """Residuals have their own ranking; on logarithms there is no trend of counts."""
    choices, _ = made(blank())
    assert choices["gene_flavor"].levels == ("seurat", "seurat_v3", "cell_ranger")
    assert choices["gene_flavor"].within["normalise"] == ("log CP10k", "log median")
    choices, reasons = made(blank(kind="lognormalised"))
    assert choices["gene_flavor"].levels == ("seurat", "cell_ranger")
    assert "X is lognormalised" in reasons["gene_flavor", "seurat_v3"]


def test_choices_about_chosen_genes_need_chosen_genes():
    """Where all genes are used, no ranking, batch or set matters."""
    choices, _ = made(with_batches())
    assert choices["n_genes"].levels == (2000, 1000, 4000, "all")
    for name in ("gene_flavor", "gene_batch", "excluded_genes"):
        assert choices[name].within["n_genes"] == (2000, 1000, 4000)


def test_all_genes_must_fit_into_memory():
    """A dense matrix of all genes is not made where it would take more than 2 GiB."""
    choices, reasons = made(blank(60_000, 30_000))
    assert "all" not in choices["n_genes"].levels
    assert "would take 13 GiB" in reasons["n_genes", "all"]


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        (np.zeros(1000), "there is one batch"),
        (np.where(np.arange(1000) < 5, -2, np.arange(1000) % 2), "5 cells have no batch"),
    ],
    ids=["one", "missing"],
)
def test_batches_must_be_usable(codes, reason):
    """One batch, or cells without one: neither integrated nor ranked within, with the reason."""
    choices, reasons = made(with_batches(codes=codes))
    assert not {"integrate", "gene_batch"} & set(choices)
    assert reasons["integrate", "harmony"] == reasons["gene_batch", "by batch"] == reason


def test_small_batches_are_not_ranked_within():
    """A batch of fewer than fifty cells has no variable genes of its own, but can be integrated."""
    choices, reasons = made(with_batches(codes=(np.arange(1000) < 20).astype(int)))
    assert reasons["gene_batch", "by batch"] == "the smallest batch has 20 cells, fewer than 50"
    assert choices["integrate"].levels == ("none", "harmony")


def test_an_aliased_condition_is_not_integrated_away():
    """Where each batch has one condition, integration is listed as not run, with the condition named."""
    choices, reasons = made(with_batches(condition=np.arange(1000) % 3))
    assert "integrate" not in choices
    assert "from the condition" in reasons["integrate", "harmony"]
    assert "integrate" in made(with_batches(condition=np.arange(1000) % 7))[0]


def test_sets_without_a_gene_are_no_choice():
    """Identifiers that are no symbols: nothing can be left out, and that is said."""
    choices, reasons = made(blank())
    assert "excluded_genes" not in choices
    assert reasons["excluded_genes", "receptor"] == "no gene has a symbol of this set"


def test_a_set_of_genes_that_is_asked_for_alone_is_a_choice():
    """One level that was wished for is kept; by itself, no receptor genes in the data means no choice."""
    choices, _ = made(with_batches(), excluded_genes=["receptor"])
    assert choices["excluded_genes"].levels == ("receptor",)
    assert made(blank(), excluded_genes=["none"])[0]["excluded_genes"].levels == ("none",)
