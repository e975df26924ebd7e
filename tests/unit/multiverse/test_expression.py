"""The choices for a data set are those it allows; the rest is listed with the reason."""

import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.dataset import Dataset
from rashomon.multiverse import BUDGETS, Wishes, expression_multiverse
from rashomon.multiverse.data_choice import BEFORE_VIEW
from tests.planted import blank, with_batches

BARE = {("excluded_genes", "receptor"), ("integrate", "harmony")}
"""What data without symbols and batches do not allow, under the smallest budget."""

MEANS = Wishes(clusterers=["kmeans"])


def not_run(multiverse):
    """Pairs of choice and level that cannot run."""
    return {(entry.choice, entry.level) for entry in multiverse.not_run}


def levels(multiverse):
    """Levels by choice."""
    return {choice.name: choice.levels for choice in multiverse.choices}


def test_counts_of_a_large_file_allow_everything():
    """Three normalisations, all levels of the budget; only what needs a batch or symbols is left out."""
    multiverse = expression_multiverse(blank())
    assert not_run(multiverse) == BARE
    assert levels(multiverse) == {
        "normalise": ("log CP10k", "log median", "Pearson residuals"),
        "n_genes": (2000, 1000),
        "scale": ("clip 10", "none"),
        "n_pcs": (50, 20),
        "clusterer": ("leiden",),
        "n_neighbours": (15,),
        "resolution": (1.0, 0.5, 1.5),
        "seed": (0, 1),
    }
    assert len(multiverse) == (2 * 2 + 1) * 2 * 2 * 3 * 2
    assert not multiverse.is_fraction


def test_more_pipelines_than_the_budget_allows_are_drawn_from():
    """The default budget holds 702 pipelines of these data; 96 of them are run, at five resolutions with five seeds."""
    multiverse = expression_multiverse(blank(), budget="default")
    assert (multiverse.n_whole, len(multiverse.settings())) == ((2 * 3 * 3 * 2 + 3) * 3 * 3 * 2, 96)
    assert multiverse.is_fraction
    assert len(multiverse) == 96 * 5 * 5
    assert multiverse.setting(multiverse.default) in multiverse.settings()


def test_batches_and_symbols_open_choices():
    """With batches and receptor genes in the data: integration as a branch, batch-aware genes, and genes left out."""
    quick, default = (levels(expression_multiverse(with_batches(), budget=budget)) for budget in ("quick", "default"))
    assert quick["integrate"] == default["integrate"] == ("none", "harmony")
    assert quick["excluded_genes"] == default["excluded_genes"] == ("receptor", "none")
    assert default["gene_batch"] == ("across all cells", "by batch")
    assert "gene_batch" not in quick
    full = expression_multiverse(with_batches(), budget="full")
    assert levels(full)["excluded_genes"] == ("receptor", "none", "mitochondrial", "sex")
    assert {("excluded_genes", "ribosomal"), ("excluded_genes", "cell_cycle")} <= not_run(full)


def test_a_pipeline_departs_at_most_once():
    """No pipeline holds two options that are not equivalent; every such option has pipelines of its own."""
    multiverse = expression_multiverse(with_batches(), budget="full")
    branches = {multiverse.branch(setting) for setting in multiverse.settings()}
    assert all(", " not in branch for branch in branches)
    options = {
        f"{choice.name}={option.level}"
        for choice in multiverse.choices
        for option in choice.options
        if option.equivalence != "equivalent"
    }
    assert branches == options | {""}


def test_every_pipeline_of_a_branch_has_its_pair():
    """Integrated pipelines are drawn ones with integration added, so that they differ in it alone."""
    multiverse = expression_multiverse(with_batches(), budget="default")
    settings = multiverse.settings()
    integrated = [setting for setting in settings if setting["integrate"] == "harmony"]
    assert len(integrated) == 48
    assert all({**setting, "integrate": "none"} in settings for setting in integrated)


def test_log_normalised_values_are_taken_as_given():
    """Without counts no count-based normalisation runs, and each says why; the rest is varied."""
    multiverse = expression_multiverse(blank(kind="lognormalised"))
    assert levels(multiverse)["normalise"] == ("as given",)
    skipped = {entry.level: entry.because for entry in multiverse.not_run if entry.choice == "normalise"}
    assert set(skipped) == {"log CP10k", "log median", "Pearson residuals"}
    assert "needs counts" in skipped["Pearson residuals"]
    assert "X is lognormalised" in skipped["Pearson residuals"]


def test_corrected_counts_allow_what_needs_no_integers():
    """Continuous values can be log-normalised and have no residuals; "as given" is not missed."""
    multiverse = expression_multiverse(blank(kind="continuous"))
    assert levels(multiverse)["normalise"] == ("log CP10k", "log median")
    assert not_run(multiverse) == {("normalise", "Pearson residuals")} | BARE


def test_an_embedding_replaces_the_steps_before_it():
    """Starting from an embedding, the choices before it are gone and listed, with its name."""
    multiverse = expression_multiverse(blank(), use_rep="X_scVI")
    assert list(levels(multiverse)) == ["clusterer", "n_neighbours", "resolution", "seed"]
    assert not_run(multiverse) == {(name, "all") for name in BEFORE_VIEW}
    assert all("'X_scVI'" in entry.because for entry in multiverse.not_run)


def test_few_cells_have_few_neighbours_and_components():
    """Sizes that sixty cells do not allow are listed; each choice keeps at least one level."""
    multiverse = expression_multiverse(blank(60))
    assert levels(multiverse)["n_pcs"] == (20,)
    assert levels(multiverse)["n_neighbours"] == (6,)
    assert not_run(multiverse) == {("n_pcs", 50), ("n_neighbours", 15)} | BARE
    tiny = expression_multiverse(blank(12))
    assert levels(tiny)["n_pcs"] == (5,)
    assert levels(tiny)["n_neighbours"] == (2,)
    assert levels(expression_multiverse(blank(12), wishes=MEANS))["k"] == (3,)


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
    assert levels(expression_multiverse(blank(), n_clusters=12, wishes=MEANS))["k"] == (12, 8, 18)
    assert levels(expression_multiverse(blank(), n_clusters=2, wishes=MEANS))["k"] == (2, 3)


@pytest.mark.parametrize("budget", BUDGETS)
def test_every_option_has_a_rationale(budget):
    """Nobody has to guess why an alternative is defensible, and where it comes from."""
    for choice in expression_multiverse(with_batches(), budget=budget).choices:
        assert all(option.rationale for option in choice.options)
        if not choice.granularity and not choice.replicate:
            assert all(option.citation for option in choice.options), choice.name


def test_other_clusterers_do_not_decide():
    """k-means is a branch of its own; everything else is equivalent."""
    multiverse = expression_multiverse(blank(), wishes=MEANS)
    assert {pipeline["clusterer"] for pipeline in multiverse if multiverse.branch(pipeline)} == {"kmeans"}
    assert {pipeline["clusterer"] for pipeline in multiverse if not multiverse.branch(pipeline)} == {"leiden"}


def test_large_data_have_no_panel():
    """Clusterers whose cost grows with the square of the cells are listed as not run, with the reason."""
    multiverse = expression_multiverse(blank(200_000, 100), budget="full", use_rep="X_emb")
    reasons = {entry.level: entry.because for entry in multiverse.not_run if entry.choice == "clusterer"}
    assert "ward" in reasons
    assert all("is refused above" in because for because in reasons.values())
    assert set(levels(multiverse)["clusterer"]).isdisjoint(reasons)


def test_wishes_replace_the_levels_of_a_budget():
    """Given levels, in their order, and nothing else of that choice."""
    multiverse = expression_multiverse(
        blank(), wishes=Wishes({"n_pcs": [30, 40.0], "normalise": ["log median"], "metric": ["cosine"]})
    )
    found = levels(multiverse)
    assert (found["n_pcs"], found["normalise"], found["metric"]) == ((30, 40), ("log median",), ("cosine",))
    assert multiverse.default["metric"] == "cosine"


@pytest.mark.parametrize(
    ("wished", "message"),
    [
        ({"n_pcs": [9]}, "fewer than 10 components"),
        ({"n_neighbours": [101]}, "neighbours above a tenth of the cells"),
        ({"normalise": ["none"]}, "counts without normalisation"),
        ({"regress": ["depth"]}, "regressing out depth"),
        ({"n_pc": [30]}, "there is no choice 'n_pc' here"),
        ({"scale": ["clip 5"]}, "scale has no level 'clip 5'"),
        ({"n_pcs": [30.5]}, "n_pcs has no level 30.5"),
        ({"resolution": []}, "no level of resolution is given"),
        ({"integrate": ["harmony"]}, "there is no choice 'integrate' here"),
    ],
)
def test_indefensible_wishes_are_refused(wished, message):
    """By their reason, or as unknown; nothing that was asked for is ignored."""
    with pytest.raises(UsageError, match=message) as caught:
        expression_multiverse(blank(), wishes=Wishes(wished))
    assert caught.value.fix or caught.value.expected


@pytest.mark.parametrize("key", ["X_umap", "X_tsne", "X_UMAP_harmony", "umap_2d"])
def test_drawings_are_no_start(key):
    """An embedding made for drawing is refused with the reason; one made for analysis is accepted."""
    with pytest.raises(UsageError, match="can be artefacts") as caught:
        expression_multiverse(blank(), use_rep=key)
    assert caught.value.code == "multiverse.excluded"
    assert len(expression_multiverse(blank(), use_rep="X_scVI")) == 3 * 2


def test_a_declared_pipeline_is_always_there():
    """However small the fraction, the pipeline that made the labels is among those that are run."""
    given = {"n_pcs": 20, "metric": "cosine", "gene_flavor": "cell_ranger", "integrate": "harmony"}
    wishes = Wishes(pipeline=given, max_pipelines=30)
    multiverse = expression_multiverse(with_batches(), budget="default", wishes=wishes)
    assert len(multiverse.settings()) == 30
    assert multiverse.setting(multiverse.complete(given)) in multiverse.settings()


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
    assert len(expression_multiverse(bare, use_rep="X_emb")) == 3 * 2
