"""Markers: planted ones are found on held-out counts, clusters without any say so, circular tests are marked."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Request
from rashomon.ask.stability.marker import MARKER_COLUMNS, MarkerRules, cluster_markers
from rashomon.dataset import Expression, Roles
from tests.planted import (
    N_OBS,
    counts,
    dataset,
    donor_role,
    groups,
    judged,
    planted_audit,
    shuffled,
    shuffled_audit,
    toy_multiverse,
    toy_parts,
)
from tests.unit.ask.stability.test_marker_split import ENTROPY, replicates

PLANTED = {code: {f"g{j}" for j in range(20 * code, 20 * code + 20)} for code in range(3)}


def ask(codes=None, *, data=None, **more):
    """A request on the planted data."""
    return Request(data or dataset(roles=Roles()), judged(codes), ENTROPY, **more)


def test_planted_markers_are_found_on_held_out_counts():
    """At least 15 of the 20 genes planted in each group are found, no other gene, and nothing is circular."""
    found = cluster_markers(ask(), replicates()[0])
    assert list(found.table.columns) == list(MARKER_COLUMNS)
    for code, planted in PLANTED.items():
        mine = set(found.table.loc[found.table["cluster"] == code, "gene"])
        assert mine <= planted
        assert len(mine) >= 15
    assert found.clusters["held_out"].all()
    assert found.clusters["n_splits"].tolist() == [2, 2, 2]
    assert found.clusters["reason"].tolist() == ["", "", ""]
    assert found.clusters["genes"][0].split(", ") == found.table["gene"][:5].tolist()
    assert (found.table["q"] <= 0.05).all()
    assert (found.table.groupby("cluster")["auroc"].diff().dropna() <= 0).all()


def test_effects_are_those_of_the_counts_tested():
    """On its own counts, shares, means and folds of a gene are those computed by hand; q says it is circular."""
    found = cluster_markers(ask())
    row = found.table.iloc[0]
    gene, inside = int(row["gene"][1:]), groups() == 0
    x = counts().toarray()
    rates = 1e4 * x[:, gene] / x.sum(axis=1)
    assert row["in_frac"] == pytest.approx((x[inside, gene] > 0).mean())
    assert row["out_frac"] == pytest.approx((x[~inside, gene] > 0).mean())
    assert row["log2fc"] == pytest.approx(np.log2((rates[inside].mean() + 1) / (rates[~inside].mean() + 1)))
    above = (rates[inside][:, None] > rates[~inside]) + 0.5 * (rates[inside][:, None] == rates[~inside])
    assert row["auroc"] == pytest.approx(above.mean())
    assert not found.clusters["held_out"].any()
    assert found.clusters["reason"].str.startswith("circular: tested on the counts that made the labels").all()
    assert np.isnan(row["kept_pipelines"])


def test_clusters_that_are_not_found_again_are_circular_and_have_no_marker():
    """Shuffled labels: none is found in a halved copy, none has a marker, and both are said."""
    found = cluster_markers(ask(shuffled()), replicates()[0])
    assert found.table.empty
    assert set(found.clusters["reason"]) == {
        "circular: tested on the counts that made the labels (found again in 0 of 2 halved copies); no gene marks it"
    }


def test_small_clusters_are_not_tested():
    """Nine cells are too few; the reason gives their number."""
    codes = groups().copy()
    codes[np.flatnonzero(codes == 2)[9:]] = 0
    found = cluster_markers(ask(codes))
    assert found.clusters["reason"][2] == "of 9 cells, too few to test"
    assert set(found.table["cluster"]) == {0, 1}


def test_a_marker_of_one_donor_is_left_out():
    """A gene raised in one of four donors only marks the pooled cluster, and not most donors."""
    x, donors = counts().toarray(), np.arange(N_OBS) % 2
    mine = groups() == 0
    x[mine & (donors == 0), 140] += 30
    expression = Expression(type(counts())(x), dataset().expression.var_names, "counts")
    pooled = replace(dataset(roles=Roles()), expression=expression)
    assert "g140" in set(cluster_markers(ask(data=pooled)).table.query("cluster == 0")["gene"])
    split = replace(pooled, roles=Roles(donor=donor_role(donors.astype(np.int32), n=2)))
    strict = cluster_markers(ask(data=split), rules=MarkerRules(donor_frac=1.0)).table
    assert "g140" not in set(strict.query("cluster == 0")["gene"])
    kept = cluster_markers(ask(data=split)).table.query("gene == 'g140'")
    assert kept[["kept_donors", "n_donors"]].to_numpy().tolist() == [[1, 2]]


def test_pipelines_that_lose_the_cluster_lose_its_markers():
    """Of two normalisations one scatters the groups: markers are kept in its share of the equivalent pipelines."""
    multiverse = toy_multiverse()

    def label(pipeline):
        return groups() if pipeline["norm"] == "log" else shuffled()

    found = cluster_markers(ask(multiverse=multiverse, parts=toy_parts(label, multiverse=multiverse)))
    # log with two levels of scale, residuals without: two of three
    assert found.table["kept_pipelines"].unique() == pytest.approx([2 / 3])


def test_without_expression_nothing_is_said():
    """Labels alone have no markers: both tables are empty and have their columns."""
    found = cluster_markers(ask(data=dataset(expression=False)))
    assert (len(found.table), len(found.clusters)) == (0, 0)
    assert "gene" in found.table


def test_no_more_genes_than_asked_for():
    """Each cluster keeps its best markers."""
    found = cluster_markers(ask(), rules=MarkerRules(n_genes=3)).table
    whole = cluster_markers(ask()).table
    assert found["cluster"].value_counts().tolist() == [3, 3, 3]
    assert found["gene"].tolist() == whole.groupby("cluster").head(3)["gene"].tolist()


def test_an_audit_holds_its_markers():
    """Question 2 hands on markers of held-out counts; clusters of other cells have none."""
    found = planted_audit()
    assert found.tables["marked"]["held_out"].all()
    assert found.tables["markers"].groupby("cluster")["gene"].nunique().min() >= 10
    assert (found.tables["markers"]["kept_pipelines"] == 1.0).mean() > 0.8
    assert pd.api.types.is_integer_dtype(found.tables["markers"]["cluster"])
    assert shuffled_audit().tables["markers"].empty
