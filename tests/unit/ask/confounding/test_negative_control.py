"""Negative controls: what they cluster, and when they pass."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_mutual_info_score

from rashomon.ask import Finished, Request
from rashomon.ask.confounding.negative_control import (
    CONTROL_COLUMNS,
    control_table,
    control_units,
    control_view,
    depth_labels,
    gene_labels,
    length_labels,
)
from rashomon.dataset import receptor_items
from rashomon.multiverse import Executor, slots_of
from tests.planted import N_OBS, SERIAL, counts, dataset, judged, toy_multiverse
from tests.planted_receptors import dataset as receptor_dataset
from tests.planted_receptors import frame
from tests.technical_sample import draw, healthy, request_of

MT = [f"MT-{j}" for j in range(10)]


def ask(*, codes=None, names=(), **more):
    """What is asked about the planted counts."""
    data = dataset()
    genes = data.expression.var_names.astype(object)
    genes[: len(names)] = names
    data = replace(data, expression=replace(data.expression, var_names=genes.astype(str)))
    return Request(data, judged(codes), 0, toy_multiverse(), **more)


def run(request):
    """The finished controls."""
    executor = Executor(slots_of(request.dataset), 0, engine=SERIAL)
    units = control_units(request)
    return list(map(Finished, units, executor.run(units, task="t"), executor.keys(units)))


def test_the_controls_that_data_allow():
    """Depth needs raw counts, gene panels five genes, and nothing runs where nothing can be re-run."""
    assert [unit.facts["control"] for unit in control_units(ask())] == ["depth only"]
    named = control_units(ask(names=MT))
    assert [unit.facts["features"] for unit in named] == ["total counts", "10 genes"]
    logged = replace(ask(names=MT), dataset=dataset(kind="lognormalised"))
    assert control_units(logged) == []
    assert control_units(ask(use_rep="X_pca")) == []
    assert control_units(replace(ask(), multiverse=None)) == []
    assert control_units(ask(codes=np.zeros(N_OBS, dtype=np.int32))) == []


def test_depth_that_is_the_cluster_fails_and_few_cells_cannot_tell():
    """Bins of depth agree with clusters by depth; with random clusters of 96 cells the interval is too wide."""
    chance = np.random.default_rng(2).integers(0, 2, N_OBS).astype(np.int32)
    depth = depth_labels(counts(), k=3)
    for codes, result in ((depth, "fails"), (chance, "cannot tell")):
        table = control_table(ask(codes=codes), run(ask(codes=codes)))
        assert table["ami"].iloc[0] == pytest.approx(
            adjusted_mutual_info_score(codes, depth_labels(counts(), k=int(codes.max()) + 1)), abs=1e-6
        )
        assert table["result"].tolist() == [result]
        assert list(table) == list(CONTROL_COLUMNS)


def test_depth_that_says_nothing_passes():
    """Clusters drawn at random among 900 cells share nothing with the depth."""
    rng = np.random.default_rng(5)
    rates, _, _, _ = healthy(rng)
    request = replace(request_of(draw(rng, rates), rng.integers(0, 3, 900)), multiverse=toy_multiverse())
    table = control_table(request, run(request)).set_index("control")
    assert table.loc["depth only", "result"] == "passes"
    assert table.loc["depth only", "high"] < 0.05
    assert set(table.index) == {"depth only", "mitochondrial genes only", "ribosomal genes only"}


def test_a_panel_that_holds_the_groups_fails():
    """Genes that mark a planted group, called mitochondrial, give clusters away."""
    table = control_table(ask(names=MT), run(ask(names=MT))).set_index("control")
    assert table.loc["mitochondrial genes only", "result"] == "fails"
    assert table.loc["mitochondrial genes only", "ami"] > 0.1


def test_depth_bins_hold_equally_many():
    """Quantiles of the total counts."""
    bins = depth_labels(counts(), k=4)
    assert np.abs(np.bincount(bins) - 24).max() <= 1
    total = counts().toarray().sum(axis=1)
    assert total[bins == 0].max() <= total[bins == 1].min()


def test_the_view_is_that_of_a_principal_component_analysis():
    """Up to sign the components are scikit-learn's, of log counts per 10,000 by all genes, standardised."""
    genes = list(range(30))
    dense = counts().toarray().astype(float)
    logged = np.log1p(1e4 * dense / dense.sum(axis=1, keepdims=True))[:, genes]
    expected = PCA(10).fit_transform((logged - logged.mean(axis=0)) / logged.std(axis=0))
    np.testing.assert_allclose(np.abs(control_view(counts(), genes=genes, kind="counts")), np.abs(expected), atol=1e-2)
    silent = sp.csr_matrix((5, 3), dtype=np.float32)
    assert control_view(silent, genes=[0, 1], kind="lognormalised").tolist() == [[0.0]] * 5


def test_receptor_controls_are_genes_and_lengths():
    """One cluster per pair of V and J, and per length; exactly the columns of the table."""
    table = frame(80, np.random.default_rng(0))
    data = receptor_dataset(table)
    items = receptor_items(data.receptors, data.n_obs)
    pairs = table["v"] + table["j"]
    assert adjusted_mutual_info_score(pairs, gene_labels(items)) == pytest.approx(1.0)
    assert adjusted_mutual_info_score(table["aa"].str.len(), length_labels(items)) == pytest.approx(1.0)
    request = Request(data, replace(judged(), codes=np.zeros(80, dtype=np.int32)), 0, toy_multiverse())
    assert [unit.facts["control"] for unit in control_units(request)] == ["V and J genes only", "length only"]
    assert [each.record.status for each in run(request)] == ["ok", "ok"]


def test_no_chain_has_no_cluster():
    """A receptor without the first chain's gene or junction is in no cluster."""
    items = np.zeros(2, dtype=[("vdj", [("aa", "S5"), ("v", "i4"), ("j", "i4")]), ("n_vdj", "i2"), ("n_vj", "i2")])
    items["n_vdj"] = [1, 0]
    items["vdj"]["aa"], items["vdj"]["v"] = [b"CASSF", b""], [0, -1]
    assert gene_labels(items).tolist() == [0, -1]
    assert length_labels(items).tolist() == [0, -1]
