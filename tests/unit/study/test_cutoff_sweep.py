"""Components over the cutoffs: the graph, the shares and the curves are those of brute force."""

from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from rapidfuzz.distance import Hamming, Levenshtein
from rapidfuzz.process import cdist
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import adjusted_rand_score

from rashomon.ask import Judged, Request
from rashomon.core import silent
from rashomon.dataset import unique_receptors
from rashomon.engine import Engine, MemoryStore
from rashomon.multiverse import Executor, Wishes, receptor_multiverse, slots_of
from rashomon.study import cutoff_sweep
from rashomon.study.cutoff_sweep import SWEEP, curve_table, percolation_table, sweep
from tests.receptor_sample import planted, receptors, table

PIPELINE = {"chain": "vdj", "distance": "hamming", "cutoff": 1}
SCORERS = {"hamming": Hamming, "levenshtein": Levenshtein}


@cache
def data():
    """Unique receptors of two lengths."""
    rng = np.random.default_rng(3)
    return unique_receptors(planted(rng, n_families=6, n_members=8, n_orphans=50))[0]


def request_of(dataset, distances=("hamming",)):
    """What is asked of a data set, and where its slots are."""
    multiverse = receptor_multiverse(dataset, wishes=Wishes({"distance": list(distances)}))
    judged = Judged("none", np.full(dataset.n_obs, -1, dtype=np.int32), (), own=True)
    executor = Executor(slots_of(dataset), 0, MemoryStore(), Engine("serial", listener=silent))
    return Request(dataset, judged, 0, multiverse), executor


@cache
def swept():
    """The sweep of the planted receptors."""
    return sweep(*request_of(data()), PIPELINE)


def components(dataset, metric, cutoff):
    """Labels of connected components from all pairs; -1 for those alone."""
    aa = dataset.receptors.junction_aa.astype(str)
    near = cdist(aa, aa, scorer=SCORERS[metric].distance, dtype=np.int32) <= cutoff
    if metric == "hamming":
        near &= np.char.str_len(aa)[:, None] == np.char.str_len(aa)
    labels = connected_components(sp.csr_matrix(near))[1]
    return np.where(np.bincount(labels)[labels] > 1, labels, -1)


def test_components_are_those_of_all_pairs():
    """At each cutoff of each distance the clusters are the connected components of the graph of all close pairs."""
    assert [(each.metric, each.cutoff) for each in swept()] == [
        ("hamming", 1), ("hamming", 2), ("levenshtein", 1), ("levenshtein", 2)
    ]  # fmt: skip
    for each in swept():
        expected = components(data(), each.metric, each.cutoff)
        assert each.labels.dtype == np.int32
        assert ((each.labels == -1) == (expected == -1)).all()
        assert adjusted_rand_score(each.labels, expected) == 1.0


def test_a_row_that_is_not_compared_is_not_observed():
    """A junction without its anchors has no place in the graph: -2, and out of the number of items."""
    whole = ["CASSLGQGYEQF", "CASSLGQGYEQF", "CASSLGQGFEQF"] * 2
    rows = table(receptors([*whole, "ASSLGQGYEQ", "CASSLGQGYEQF"]), donor=[*"aabbccdd"])
    dataset = unique_receptors(rows)[0]
    request, executor = request_of(dataset)
    found = sweep(request, executor, PIPELINE)
    short = int(np.flatnonzero(dataset.obs_names == "r6")[0])
    assert {each.labels[short] for each in found} == {-2}
    assert percolation_table(request, executor, found)["n_items"].tolist() == [dataset.n_obs - 1] * len(found)


def test_tcrdist_is_swept_where_it_is_a_choice():
    """Its radii are those of one chain where one chain is compared, and the components grow with them."""
    request, executor = request_of(data(), ("hamming", "tcrdist"))
    found = [each for each in sweep(request, executor, PIPELINE) if each.metric == "tcrdist"]
    assert tuple(each.cutoff for each in found) == SWEEP["tcrdist"]
    kept = [(each.labels >= 0).mean() for each in found]
    assert kept == sorted(kept)
    for fine, coarse in pairwise(found):
        # nested: receptors of one component stay together
        pairs = pd.DataFrame({"fine": fine.labels, "coarse": coarse.labels})[fine.labels >= 0]
        assert (pairs.groupby("fine")["coarse"].nunique() == 1).all()


def test_both_chains_have_radii_of_their_own():
    """Of paired receptors the larger radii are tried, and no others."""
    n, one = data().n_obs, data().receptors
    beta = one.junction_aa.astype(str).tolist()
    both = receptors(
        beta + beta,
        v=["TRBV9*01"] * n + ["TRAV12-2*01"] * n,
        j=["TRBJ1-1*01"] * n + ["TRAJ33*01"] * n,
        obs=[*range(n), *range(n)],
        locus=["TRB"] * n + ["TRA"] * n,
    )
    dataset = unique_receptors(table(both, n, donor=data().obs["donor"].tolist()))[0]
    request, executor = request_of(dataset, ("hamming", "tcrdist"))
    found = sweep(request, executor, {**PIPELINE, "chain": "paired"})
    assert tuple(each.cutoff for each in found if each.metric == "tcrdist") == SWEEP["paired tcrdist"]


def test_a_second_edit_is_not_tried_in_large_data(monkeypatch):
    """Above the limit only one edit is swept: the links of two grow with the square of the receptors."""
    monkeypatch.setattr(cutoff_sweep, "_MOST", data().n_obs - 1)
    found = sweep(*request_of(data()), PIPELINE)
    assert [(each.metric, each.cutoff) for each in found] == [("hamming", 1), ("levenshtein", 1)]


def test_percolation_is_counted_from_the_components():
    """Retention, the largest component and the number of clusters by their definitions; backgrounds in their range."""
    request, executor = request_of(data())
    found = percolation_table(request, executor, swept())
    for (_, row), each in zip(found.iterrows(), swept(), strict=True):
        expected = components(data(), each.metric, each.cutoff)
        sizes = np.unique(expected[expected >= 0], return_counts=True)[1]
        assert (row["metric"], row["cutoff"], row["n_items"]) == (each.metric, each.cutoff, data().n_obs)
        assert row["retention"] == pytest.approx((expected >= 0).mean())
        assert row["largest_share"] == pytest.approx(sizes.max() / data().n_obs)
        assert row["n_clusters"] == sizes.size
        assert row["background_low"] <= row["background_retention"] <= row["background_high"]
        assert row["background_retention"] < row["retention"]
        assert row["excess"] == pytest.approx(row["retention"] - row["background_retention"])
        assert row["excess_low"] == pytest.approx(row["retention"] - row["background_high"])
        assert row["excess_high"] == pytest.approx(row["retention"] - row["background_low"])
        assert row["excess_ratio"] == pytest.approx(row["retention"] / row["background_retention"])
        assert (row["p_background"], row["n_backgrounds"], row["reason"]) == (1 / 40, 39, "")
        aa = data().receptors.junction_aa.astype(str)
        near = cdist(aa, aa, scorer=SCORERS[each.metric].distance, dtype=np.int32) <= each.cutoff
        if each.metric == "hamming":
            near &= np.char.str_len(aa)[:, None] == np.char.str_len(aa)
        assert row["n_links"] == (near.sum() - len(aa)) / 2
        assert row["links_ratio"] == pytest.approx(row["n_links"] / row["background_links"])
    pd.testing.assert_frame_equal(found, percolation_table(request, executor, swept()))


def test_the_background_of_a_distance_only_grows_with_the_cutoff():
    """One draw serves all cutoffs, so that what is kept at a small one is kept at a large one."""
    found = percolation_table(*request_of(data()), swept())
    for _, rows in found.groupby("metric"):
        for name in ("background_retention", "background_low", "background_high", "background_links", "n_links"):
            assert rows[name].is_monotonic_increasing


def test_rows_of_one_item_count_alike_in_data_and_background():
    """Receptors that differ in a chain that is not compared are one item: every row of it is retained, or none."""
    n, beta = 4, ["CASSLGQGYEQF"] * 3 + ["CASSAAAAYEQF"]
    both = receptors(
        [*beta, "CAVRDSNYQLIF", "CAVRDDNYQLIF", "CAVRAANYQLIF", "CAVRDSNYQLIF"],
        v=["TRBV9*01"] * n + ["TRAV12-2*01"] * n,
        j=["TRBJ1-1*01"] * n + ["TRAJ33*01"] * n,
        obs=[*range(n), *range(n)],
        locus=["TRB"] * n + ["TRA"] * n,
    )
    dataset = unique_receptors(table(both, n, donor=list("aaab")))[0]
    request, executor = request_of(dataset)
    found = percolation_table(request, executor, sweep(request, executor, PIPELINE)).iloc[0]
    # three rows are one item without a neighbour; two items have too few partners to be shuffled into one
    assert (found["n_items"], found["retention"], found["n_links"]) == (4, 0.0, 0)
    assert found["excess"] == found["retention"] - found["background_retention"]


def test_nothing_compared_is_a_reason():
    """Where no chain is compared there are no numbers, and it is said."""
    request, executor = request_of(data())
    empty = [each._replace(labels=np.full_like(each.labels, -2)) for each in swept()]
    found = percolation_table(request, executor, empty)
    assert found["reason"].tolist() == ["no receptor is compared"] * len(empty)
    assert found[["excess", "background_retention", "p_background"]].isna().all(axis=None)
    assert len(percolation_table(request, executor, [])) == 0


def test_curves_hold_the_purity_of_each_label_column():
    """Majority labels counted by pandas; the purity of shuffled labels lies below that of planted ones."""
    found = curve_table(request_of(data())[0], swept())
    assert set(found["truth"]) == {"donor", "batch", "epitope"}
    assert len(found) == 3 * len(swept())
    epitope = data().truths["epitope"].codes
    rows = found[found["truth"] == "epitope"].reset_index(drop=True)
    for (_, row), each in zip(rows.iterrows(), swept(), strict=True):
        kept = each.labels >= 0
        counts = pd.crosstab(each.labels[kept], epitope[kept])
        assert (row["metric"], row["cutoff"]) == (each.metric, each.cutoff)
        assert row["retention"] == pytest.approx(kept.mean())
        assert row["purity"] == pytest.approx(counts.max(axis=1).sum() / kept.sum())
        assert row["random_purity"] < row["purity"]
    for _, family in rows.groupby("metric"):
        x, y = family["retention"].to_numpy(), family["purity"].to_numpy()
        assert family["area"].to_numpy() == pytest.approx(np.trapezoid(y, x) / (x[1] - x[0]))


def test_random_purity_of_one_class_is_one():
    """Where all receptors carry one label every shuffle is pure."""
    rows = planted(np.random.default_rng(1), n_families=4, n_members=6, n_orphans=10)
    one = table(rows.receptors, donor=rows.obs["donor"].tolist(), epitope=["E"] * rows.n_obs)
    request, executor = request_of(unique_receptors(one)[0])
    found = curve_table(request, sweep(request, executor, PIPELINE))
    assert (found.loc[found["truth"] == "epitope", "random_purity"] == 1.0).all()


def test_without_labels_there_are_no_curves():
    """No label column, no donor: a table without rows, with its columns."""
    rows = table(planted(np.random.default_rng(1), n_families=4, n_members=6, n_orphans=10).receptors)
    request, executor = request_of(unique_receptors(rows)[0])
    found = curve_table(request, sweep(request, executor, PIPELINE))
    assert len(found) == 0
    assert list(found) == ["truth", "metric", "cutoff", "retention", "purity", "random_purity", "area", "reason"]


def test_heavy_chains_are_swept_by_shares():
    """B cells: only the clone rule is tried, over shares; there is no matched background, with the reason."""
    nt = ["TGTGCGAGA" + text + "TGG" for text in ("GATGGTTAC" * 3, "GATGGTTAC" * 2 + "GATGGCTAC", "AGC" * 9)]
    aa = ["CAR" + text + "W" for text in ("DGY" * 3, "DGY" * 3, "S" * 9)]
    heavy = receptors(aa, v=["IGHV1-2*01"] * 3, j=["IGHJ4*02"] * 3, locus="IGH", nt=nt)
    asked, executor = request_of(unique_receptors(table(heavy))[0], ("clone",))
    swept = sweep(asked, executor, asked.multiverse.default)
    assert [(each.metric, each.cutoff) for each in swept] == [("clone", share) for share in SWEEP["clone"]]
    rows = percolation_table(asked, executor, swept)
    assert rows["retention"].tolist() == pytest.approx([2 / 3] * len(swept))
    assert rows["background_retention"].isna().all()
    assert rows["reason"].str.startswith("no background: clones of B cells").all()
