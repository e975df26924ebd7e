"""Nuisances per cell: columns as tools write them are found, the rest is computed."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Request
from rashomon.ask.confounding.nuisance import NUISANCES, measured, quartiles
from rashomon.dataset import Expression
from tests.planted import N_OBS, counts, dataset, judged

MT = [f"MT-{j}" for j in range(10)]


def ask(*, obs=None, kind="counts", names=None, **more):
    """What is asked about the planted counts under other names."""
    data = dataset(kind=kind)
    genes = data.expression.var_names.astype(object)
    genes[: len(names or ())] = names or []
    expression = replace(data.expression, var_names=genes.astype(str))
    table = pd.DataFrame(obs or {}, index=data.obs.index)
    return Request(replace(data, expression=expression, obs=table), judged(), 0, **more)


def found(request):
    """Nuisances by name."""
    return {each.name: each for each in measured(request)}


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("depth", "nCount_RNA"),
        ("depth", "total_counts"),
        ("genes detected", "n_genes_by_counts"),
        ("genes detected", "nFeature_RNA"),
        ("mitochondrial share", "pct_counts_mt"),
        ("mitochondrial share", "percent.mt"),
        ("ribosomal share", "percent.ribo"),
        ("cell cycle", "G2M_score"),
        ("cell cycle", "S.Score"),
        ("doublet score", "doublet_score"),
        ("doublet score", "pANN_0.25_0.09_913"),
        ("doublet score", "scDblFinder.score"),
    ],
)
def test_columns_of_known_tools_are_found(name, column):
    """Names that scanpy, Seurat, Scrublet, DoubletFinder and scDblFinder write."""
    values = np.random.default_rng(0).random(N_OBS)
    score = found(ask(obs={column: values}))[name]
    assert score.source == f"column {column!r}"
    np.testing.assert_array_equal(score.values, values)


def test_flags_and_other_columns_are_not_taken():
    """A call is no score, and a word within another name is no match."""
    obs = {"doublet_score": np.arange(N_OBS) % 2 == 0, "my_percent.mt_old": np.arange(N_OBS, dtype=float)}
    assert set(found(ask(obs=obs))) == {"depth", "genes detected"}


def test_depth_and_shares_are_computed_from_counts():
    """Sums and shares are those of the matrix."""
    scores = found(ask(names=MT))
    total = counts().toarray().sum(axis=1)
    np.testing.assert_allclose(scores["depth"].values, total)
    np.testing.assert_allclose(scores["genes detected"].values, (counts().toarray() > 0).sum(axis=1))
    np.testing.assert_allclose(scores["mitochondrial share"].values, counts().toarray()[:, :10].sum(axis=1) / total)
    assert scores["mitochondrial share"].genes.tolist() == list(range(10))


def test_logged_values_have_no_depth_but_shares():
    """Depth is lost by normalisation; shares of genes are not."""
    assert set(found(ask(kind="lognormalised", names=MT))) == {"mitochondrial share"}


def test_four_genes_make_no_score():
    """A set with fewer than five genes present is not scored, and neither is what does not vary."""
    assert "mitochondrial share" not in found(ask(names=MT[:4]))
    assert "stress" not in found(ask(obs={"stress_score": np.ones(N_OBS)}))


def test_receptors_have_no_depth():
    """Rows that are receptors have none of these."""
    request = ask()
    assert measured(replace(request, dataset=replace(request.dataset, item="receptor"))) == ()
    assert measured(replace(request, dataset=replace(request.dataset, expression=None))) == ()


def test_quarters_hold_a_quarter_each():
    """Quartiles of a quantity are four technical classes; unknown values have none."""
    values = np.r_[np.nan, np.random.default_rng(1).random(N_OBS - 1)]
    column = quartiles(found(ask(obs={"stress_score": values}))["stress"])
    assert np.bincount(column.codes[column.codes >= 0]).tolist() == [24, 24, 23, 24]
    assert (column.kind, column.codes[0] < 0) == ("technical", True)


def test_every_nuisance_is_described():
    """Each says what it is and who described it."""
    assert len({each.name for each in NUISANCES}) == len(NUISANCES) == 7
    assert all(each.summary and each.citation for each in NUISANCES)
    assert isinstance(ask().dataset.expression, Expression)
