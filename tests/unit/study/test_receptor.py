"""What an audit of receptors adds: controls, strata, and tables whose numbers are counted here in another way."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.sparse.csgraph import connected_components

from rashomon import study
from rashomon.ask import Judged, Request
from rashomon.core import child, silent
from rashomon.dataset import Truth, unique_receptors
from rashomon.engine import Engine, MemoryStore
from rashomon.multiverse import Executor, slots_of
from rashomon.score.receptor import RECEPTOR_SCORES
from rashomon.study.receptor import matched_strata, receptor_tables, with_gene_controls
from rashomon.study.receptor_background import backgrounds, distances_of, selected_state
from tests import planted as cells
from tests.receptor_sample import planted, receptors, table

PIPELINE = {"chain": "vdj", "distance": "hamming", "cutoff": 1}
SMALL = {"distance": ["hamming"], "clusterer": ["component"], "v_match": ["none"]}


@cache
def data():
    """Unique receptors with their genes as controls."""
    rows = planted(np.random.default_rng(4), n_families=6, n_members=10, n_orphans=60, n_donors=8)
    return with_gene_controls(unique_receptors(rows)[0])


def executor_of(dataset):
    """Slots of a data set."""
    return Executor(slots_of(dataset), 0, MemoryStore(), Engine("serial", listener=silent))


def audited(dataset, judged=None):
    """A small audit in this process."""
    options = study.AuditOptions(
        multiverse=SMALL, n_replicates=2, engine=Engine("serial", listener=silent), announce=silent
    )
    return study.audit(dataset, judged, options=options)


@cache
def found():
    """Its audit."""
    return audited(data())


def paired():
    """Three receptors with both chains, the first two of which differ in the alpha chain only."""
    beta, alpha = ["CASSLGQGYEQF", "CASSLGQGYEQF", "CASSPGTGYEQF"], ["CAVRDSNYQLIF", "CALSEGNYQLIWF", "CAVRDSNYQLIF"]
    both = receptors(
        beta + alpha,
        v=["TRBV9*01"] * 3 + ["TRAV12-2*01", "TRAV19*01", "TRAV12-2*01"],
        j=["TRBJ2-7*01"] * 3 + ["TRAJ33*01"] * 3,
        obs=[0, 1, 2] * 2,
        locus=["TRB"] * 3 + ["TRA"] * 3,
    )
    return unique_receptors(table(both, 3, donor=list("abc")))[0]


def test_genes_and_length_are_controls():
    """V is a label like any other; J and length hold the junction itself, and are marked as made from the sequence."""
    rows = table(
        receptors(["CASSLGQGYEQF", "CASSPGTGGYEQF"], v=["TRBV9*01", "TRBV28*01"], j=["TRBJ2-7*01", "TRBJ1-1*01"])
    )
    controls = with_gene_controls(unique_receptors(rows)[0]).truths
    assert {name: truth.derived_from for name, truth in controls.items()} == {
        "v_gene": controls["v_gene"].derived_from, "j_gene": "sequence", "cdr3_length": "sequence"
    }  # fmt: skip
    assert controls["v_gene"].derived_from != "sequence"
    assert {name: truth.categories for name, truth in controls.items()} == {
        "v_gene": ("TRBV28", "TRBV9"), "j_gene": ("TRBJ1-1", "TRBJ2-7"), "cdr3_length": ("12", "13")
    }  # fmt: skip


def test_a_column_of_that_name_stays_and_a_constant_is_no_control():
    """What the table calls v_gene is left alone; one J gene, and one length, compete with nothing."""
    rows = planted(np.random.default_rng(0), n_families=4, n_members=3, n_orphans=5)
    own = rows.truths["epitope"]
    named = replace(rows, truths={"v_gene": replace(own, name="v_gene")})
    assert set(with_gene_controls(unique_receptors(named)[0]).truths) == {"v_gene"}
    assert with_gene_controls(unique_receptors(named)[0]).truths["v_gene"].categories == own.categories


def test_cells_have_no_controls_and_no_tables_of_receptors():
    """Without receptors the data set comes back as it is, and nothing is added to an audit."""
    of_cells = cells.dataset()
    assert with_gene_controls(of_cells) is of_cells
    assert receptor_tables(Request(of_cells, cells.judged(), 0), None, None) == {}


@pytest.mark.parametrize(
    ("chain", "expected"), [("vdj", [(0, 1, 2)]), ("vj", [(0, 2), (1,)]), ("paired", [(0, 2), (1,)])]
)
def test_strata_share_genes_and_length_of_the_chains_compared(chain, expected):
    """Receptors are in one stratum if V, J and length of the compared chains are the same."""
    strata = matched_strata(paired(), chain=chain)
    groups = [tuple(np.flatnonzero(strata == code).tolist()) for code in np.unique(strata)]
    assert sorted(groups) == sorted(expected)


def test_strata_are_those_of_a_table_of_names():
    """As many numbers as distinct triples in pandas, one for each."""
    chains = data().receptors
    names = pd.DataFrame({"v": chains.v.texts, "j": chains.j.texts, "length": chains.length})
    strata = matched_strata(data(), chain="vdj")
    expected = names.groupby(["v", "j", "length"]).ngroup()
    assert pd.crosstab(strata, expected).gt(0).sum(axis=0).tolist() == [1] * expected.nunique()
    assert np.unique(strata).size == expected.nunique()


def test_an_arm_that_is_not_there_is_one_stratum():
    """Without alpha chains nothing tells receptors apart there."""
    assert (matched_strata(data(), chain="vj") == 0).all()


def test_scores_are_counted_from_the_clusters():
    """Retention and purity of each label by pandas; each score as it is, within V, J and length, beside backgrounds."""
    labels, scores = found().judged.codes, found().tables["receptor_scores"]
    assert not scores.duplicated(["truth", "score", "strata"]).any()
    assert set(scores["strata"]) == {"", "V, J and length", "background"}
    assert set(scores["truth"]) == {"donor", "batch", "epitope", "v_gene"}
    kept = labels >= 0
    for name in ("epitope", "donor"):
        truth = {**data().truths, "donor": data().roles.donor}[name].codes
        of = scores[(scores["truth"] == name) & (scores["strata"] == "")].set_index("score")["value"]
        assert of["retention"] == pytest.approx(kept.mean())
        assert of["purity"] == pytest.approx(pd.crosstab(labels[kept], truth[kept]).max(axis=1).sum() / kept.sum())


def test_scores_stand_beside_the_clusters_of_backgrounds():
    """Values are those of the data; the levels by chance are counted from backgrounds drawn here again."""
    scores = found().tables["receptor_scores"]
    rows = scores[scores["strata"] == "background"]
    assert set(rows["score"]) == set(RECEPTOR_SCORES) - {"conditional_agreement"}
    plain = scores[(scores["strata"] == "") & (scores["score"] != "conditional_agreement")]
    assert rows["value"].tolist() == plain["value"].tolist()
    state = selected_state(executor_of(data()), PIPELINE)
    kept, pure = [], []
    for background in backgrounds(state, child(found().spec["rng"], "ask", "background"), 19):
        distances = distances_of({**state, **background}, PIPELINE)
        labels = connected_components(distances)[1]
        some = np.bincount(labels)[labels] > 1
        counts = pd.crosstab(labels[some], data().truths["epitope"].codes[state["rows"]][some])
        kept.append(some.mean())
        pure.append(counts.max(axis=1).sum() / some.sum() if some.any() else np.nan)
    of = rows[rows["truth"] == "epitope"].set_index("score")
    assert of.loc["retention", "random_mean"] == pytest.approx(np.mean(kept))
    assert of.loc["retention", "excess"] == pytest.approx(of.loc["retention", "value"] - np.mean(kept))
    defined = int(np.isfinite(pure).sum())
    assert of.loc["purity", "n_backgrounds"] == (defined if 2 * defined >= 19 else 0)
    # a score that most backgrounds lack has no level by chance
    expected = np.nanmean(pure) if 2 * defined >= 19 else np.nan
    assert of.loc["purity", "random_mean"] == pytest.approx(expected, nan_ok=True)
    told = f"{defined} of 19 backgrounds have this score" if defined < 19 else ""
    assert told in of.loc["purity", "reason"]
    retained = scores[scores["score"] == "retention"]
    assert retained.groupby("truth")["random_mean"].nunique().tolist() == [1] * retained["truth"].nunique()


def test_planted_families_exceed_their_background():
    """More receptors and more links than in every background; the retention is that of the table of scores."""
    over = found().tables["excess"].set_index("quantity")
    assert over.index.tolist() == ["retention", "links"]
    assert over["p"].tolist() == [1 / 20] * 2
    assert (over["excess_low"] > 0).all()
    assert (over["ratio_low"] > 1).all()
    scores = found().tables["receptor_scores"].query("truth == 'epitope' and strata == ''").set_index("score")
    assert over.loc["retention", "value"] == scores.loc["retention", "value"]
    assert over.loc["retention", "background"] == pytest.approx(scores.loc["retention", "random_mean"])
    swept = found().tables["percolation"].query("metric == 'hamming' and cutoff == 1")
    assert over.loc["links", "value"] == swept["n_links"].item()


def test_labels_that_no_pipeline_makes_have_no_background():
    """Labels at random: no pipeline stands in for them, so that no background has clusters of their kind."""
    codes = np.random.default_rng(0).integers(0, 5, data().n_obs).astype(np.int32)
    own = audited(data(), Judged("mine", codes, tuple("ABCDE"), own=True))
    rows = own.tables["receptor_scores"].query("strata == 'background'")
    assert rows["reason"].str.startswith("no baseline: no pipeline makes labels like these").all()
    assert rows["random_mean"].isna().all()
    assert own.tables["excess"]["excess"].isna().all()
    assert own.tables["excess"]["value"].tolist()[0] == 1.0
    # the cutoffs are swept all the same
    assert own.tables["percolation"]["excess"].notna().all()


def test_what_strata_determine_has_no_agreement_beyond_them():
    """The V gene is a stratum itself: its purity is that of every shuffle, and nothing is left beyond."""
    scores = (
        found().tables["receptor_scores"].query("truth == 'v_gene' and strata == 'V, J and length'").set_index("score")
    )
    assert scores.loc["purity", "value"] == scores.loc["purity", "random_mean"]
    assert scores.loc["conditional_agreement", "status"] == "undefined"
    assert set(found().tables["beyond"]["truth"]) == {"donor", "batch", "epitope"}


def test_planted_targets_are_followed_beyond_genes_and_donors_are_not():
    """Families have one epitope and V genes of three: beyond V, J and length the epitope is followed."""
    beyond = found().tables["beyond"].set_index("truth")
    assert beyond.loc["epitope", "low"] > 0
    assert beyond.loc["epitope", "p"] < 0.05 < beyond.loc["donor", "p"]


def test_a_donor_has_no_interval_of_its_own_blocks():
    """The agreement with donors is not resampled by donor: its blocks would be its labels."""
    beyond = found().tables["beyond"].set_index("truth")
    assert not beyond.loc["donor", "reason"].startswith("no interval")
    assert beyond["n_items"].tolist() == [data().n_obs] * 3


def test_every_cluster_has_its_words():
    """One row per cluster with its size, its links within the cutoff, and those expected of a background."""
    words, codes = found().tables["receptor_clusters"], found().judged.codes
    sizes = np.bincount(codes[codes >= 0])
    assert words["cluster"].tolist() == list(range(sizes.size))
    assert words["n"].tolist() == sizes.tolist()
    aa = data().receptors.junction_aa.astype(str)
    for code, links in zip(words["cluster"], words["links"], strict=True):
        members = np.array([list(text) for text in aa[codes == code]])
        near = (members[:, None] != members).sum(axis=2) == 1
        equal = (members[:, None] == members).all(axis=2).sum() - len(members)
        assert links == (near.sum() + equal) / 2
    assert (words["expected_links"] >= 0).all()
    assert (words["expected_links"] < words["links"]).all()


@pytest.mark.slow
def test_the_sweep_holds_the_clusters_of_the_default():
    """At its own cutoff the sweep keeps what the default pipeline keeps, with the same purity."""
    scores = found().tables["receptor_scores"].query("truth == 'epitope' and strata == ''").set_index("score")["value"]
    rows = found().tables["percolation"].query("metric == 'hamming' and cutoff == 1")
    curve = found().tables["curves"].query("metric == 'hamming' and cutoff == 1 and truth == 'epitope'")
    assert rows["retention"].item() == pytest.approx(scores["retention"])
    assert rows["largest_share"].item() == pytest.approx(scores["percolation"])
    assert curve["purity"].item() == pytest.approx(scores["purity"])


@pytest.mark.slow
def test_labels_of_the_user_are_what_is_scored():
    """Clusters given by the user are scored, not those of the default pipeline; the sweep is the same."""
    codes = data().truths["epitope"].codes
    own = audited(data(), Judged("mine", codes, data().truths["epitope"].categories, own=True))
    of = own.tables["receptor_scores"].query("truth == 'epitope' and strata == ''").set_index("score")["value"]
    assert (of["retention"], of["purity"]) == (1.0, 1.0)
    assert own.tables["receptor_clusters"]["name"].tolist() == list(data().truths["epitope"].categories)
    pd.testing.assert_frame_equal(own.tables["percolation"], found().tables["percolation"])


def test_a_control_that_the_table_has_is_not_added_again():
    """A column with the classes of the V gene stands for it, and one with those of J is marked as made from it."""
    rng = np.random.default_rng(9)
    rows = planted(rng, n_families=4, n_members=3, n_orphans=12)
    calls = pd.Series(rows.receptors.v.texts, index=rows.obs.index)
    mine = Truth.from_series(calls.rename("v_b_gene"), kind="annotation")
    found = with_gene_controls(unique_receptors(replace(rows, truths={"v_b_gene": mine}))[0])
    assert set(found.truths) == {"v_b_gene"}
    assert "v_gene has the classes of v_b_gene: compared once, as v_b_gene" in found.rows.notes
    assert found.truths["v_b_gene"].derived_from is None


def test_what_a_batch_hides_is_not_said_to_be_followed():
    """A status that is constant within every batch has no agreement beyond genes, with the reason."""
    batch = data().roles.batch
    status = Truth("status", "biological", batch.codes, batch.categories)
    table = audited(replace(data(), truths={**data().truths, "status": status})).tables["beyond"].set_index("truth")
    assert np.isnan(table.loc["status", "value"])
    assert table.loc["status", "reason"] == "status cannot be told from batch"
