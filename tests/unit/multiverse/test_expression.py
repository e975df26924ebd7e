"""The choices for a data set are those it allows; the rest is listed with the reason."""

import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.dataset import Dataset
from rashomon.multiverse import dense_bytes, expression_multiverse
from tests.planted import blank


def not_run(multiverse):
    """Pairs of choice and level that cannot run."""
    return {(entry.choice, entry.level) for entry in multiverse.not_run}


def levels(multiverse):
    """Levels by choice."""
    return {choice.name: choice.levels for choice in multiverse.choices}


def test_counts_of_a_large_file_allow_everything():
    """Three normalisations, all levels of the budget, nothing left out."""
    multiverse = expression_multiverse(blank())
    assert not_run(multiverse) == set()
    assert levels(multiverse) == {
        "normalise": ("log CP10k", "log median", "Pearson residuals"),
        "n_genes": (2000, 1000),
        "scale": ("clip 10", "none"),
        "n_pcs": (50, 20),
        "clusterer": ("leiden", "kmeans"),
        "n_neighbours": (15,),
        "resolution": (1.0, 0.5, 1.5),
        "k": (10, 7, 15),
        "seed": (0, 1),
    }
    assert len(multiverse) == (2 * 2 + 1) * 2 * 2 * (3 + 3) * 2
    assert len(expression_multiverse(blank(), budget="default")) == (2 * 2 + 1) * 3 * 3 * (3 * 5 + 3) * 5


def test_log_normalised_values_are_taken_as_given():
    """Without counts no count-based normalisation runs, and each says why; the rest is varied."""
    multiverse = expression_multiverse(blank(kind="lognormalised"))
    assert levels(multiverse)["normalise"] == ("as given",)
    skipped = {entry.level: entry.because for entry in multiverse.not_run}
    assert set(skipped) == {"log CP10k", "log median", "Pearson residuals"}
    assert "needs counts" in skipped["Pearson residuals"]
    assert "X is lognormalised" in skipped["Pearson residuals"]


def test_corrected_counts_allow_what_needs_no_integers():
    """Continuous values can be log-normalised and have no residuals; "as given" is not missed."""
    multiverse = expression_multiverse(blank(kind="continuous"))
    assert levels(multiverse)["normalise"] == ("log CP10k", "log median")
    assert not_run(multiverse) == {("normalise", "Pearson residuals")}


def test_an_embedding_replaces_the_steps_before_it():
    """Starting from an embedding, the choices before it are gone and listed, with its name."""
    multiverse = expression_multiverse(blank(), use_rep="X_scVI")
    assert list(levels(multiverse)) == ["clusterer", "n_neighbours", "resolution", "k", "seed"]
    assert not_run(multiverse) == {(name, "all") for name in ("normalise", "n_genes", "scale", "n_pcs")}
    assert all("'X_scVI'" in entry.because for entry in multiverse.not_run)


def test_few_cells_have_few_neighbours_and_components():
    """Sizes that sixty cells do not allow are listed; each choice keeps at least one level."""
    multiverse = expression_multiverse(blank(60))
    assert levels(multiverse)["n_pcs"] == (20,)
    assert levels(multiverse)["n_neighbours"] == (6,)
    assert not_run(multiverse) == {("n_pcs", 50), ("n_neighbours", 15)}
    tiny = expression_multiverse(blank(12))
    assert levels(tiny)["n_pcs"] == (5,)
    assert levels(tiny)["n_neighbours"] == (2,)
    assert levels(tiny)["k"] == (3,)


def test_few_genes_are_all_used():
    """Genes selected already: all of them, or the more variable half."""
    assert levels(expression_multiverse(blank(n_vars=300)))["n_genes"] == ("all", 150)
    assert levels(expression_multiverse(blank(n_vars=1500)))["n_genes"] == (1000, "all")


@pytest.mark.parametrize("n_vars", [40, 60, 90, 150])
def test_components_fit_the_fewest_genes(n_vars):
    """No pipeline asks for as many components as it has genes."""
    multiverse = expression_multiverse(blank(n_vars=n_vars))
    for pipeline in multiverse:
        genes = n_vars if pipeline["n_genes"] == "all" else pipeline["n_genes"]
        assert pipeline["n_pcs"] < genes


def test_k_lies_around_the_judged_number():
    """k-means uses the number of judged clusters, two thirds and one and a half times of it."""
    assert levels(expression_multiverse(blank(), n_clusters=12))["k"] == (12, 8, 18)
    assert levels(expression_multiverse(blank(), n_clusters=2))["k"] == (2, 3)


def test_every_option_has_a_rationale():
    """Nobody has to guess why an alternative is defensible."""
    for choice in expression_multiverse(blank(), budget="default").choices:
        assert all(option.rationale for option in choice.options)


def test_other_clusterers_do_not_decide():
    """k-means is a branch of its own; everything else is equivalent."""
    multiverse = expression_multiverse(blank())
    assert {pipeline["clusterer"] for pipeline in multiverse if multiverse.branch(pipeline)} == {"kmeans"}


def test_an_unknown_budget_is_refused():
    """The nearest is named."""
    with pytest.raises(UsageError, match="unknown budget 'quik'") as caught:
        expression_multiverse(blank(), budget="quik")
    assert "did you mean 'quick'" in caught.value.fix


def test_no_expression_is_refused():
    """Labels alone have nothing to cluster; an embedding is enough."""
    bare = Dataset(pd.DataFrame(index=[f"c{i}" for i in range(100)]), source="labels.csv")
    with pytest.raises(UsageError, match="there is no expression to cluster") as caught:
        expression_multiverse(bare)
    assert caught.value.where == "labels.csv"
    assert len(expression_multiverse(bare, use_rep="X_emb")) == (3 + 3) * 2


def test_dense_bytes_count_the_largest_choice_of_genes():
    """Eight bytes for each cell and chosen gene; "all" means every gene; an embedding makes nothing dense."""
    data = blank()
    assert dense_bytes(expression_multiverse(data), data) == 8 * data.n_obs * 2000
    small = blank(n_vars=300)
    assert dense_bytes(expression_multiverse(small), small) == 8 * small.n_obs * 300
    assert dense_bytes(expression_multiverse(data, use_rep="X_pca"), data) == 0
