"""What comes back: rungs, settings and verdicts from labels whose fate is known."""

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Request, StandIn
from rashomon.ask.stability.question import answer, not_run, plan
from rashomon.ask.stability.verdict import VERDICTS
from rashomon.ask.structure.null_cluster import NULL_COLUMNS
from rashomon.ask.structure.population_record import Population
from rashomon.dataset import Roles
from rashomon.multiverse import collect
from rashomon.score import element_centric_items
from tests.planted import (
    N_OBS,
    SIZES,
    dataset,
    groups,
    judged,
    noise,
    shuffled,
    toy_multiverse,
    toy_parts,
    toy_resamples,
)

MULTIVERSE = toy_multiverse()


def standin(agreement=1.0):
    """A stand-in; poor agreement makes it unusable."""
    pipeline = MULTIVERSE.default
    return StandIn(pipeline, MULTIVERSE.name(pipeline), agreement, declared=False)


def ask(
    label=lambda pipeline: groups(), again=lambda *repeat: groups(), *, codes=None, agreement=1.0, fails=None, null=None
):
    """Answer for labels of every pipeline and of every repeat."""
    parts = toy_parts(label, multiverse=MULTIVERSE, **({"fails": fails} if fails else {}))
    request = Request(dataset(), judged(codes), 0, MULTIVERSE, parts, standin(agreement), population=null)
    resamples = toy_resamples(again) if again else collect([], [], [], obs_names=dataset().obs_names)
    return answer(request, resamples)


def test_planted_groups_come_back():
    """Groups that every repeat and pipeline finds: all come back, every cell is stable."""
    found = ask()
    assert (found.answer.status, found.answer.verdict) == ("answered", "3 of 3 clusters come back")
    assert found.clusters["class"].tolist() == ["comes back"] * 3
    assert found.clusters["size"].tolist() == list(SIZES)
    assert np.allclose(found.cells, 1.0)
    assert found.answer.estimate == pytest.approx(1.0)
    assert found.answer.interval.over == "4 half-samples of cells, everything redone in each"


def test_the_tables_have_one_row_per_cluster_and_rung():
    """Each perturbation, the settings, and every branch that is not equivalent, which does not decide."""
    rungs = ask().rungs
    decides = rungs.groupby("rung")["decides"].agg(["all", "any"])
    assert decides["all"].to_dict() == {
        "seed": True,
        "halves": True,
        "settings": True,
        "clusterer=kmeans, beside": False,
    }
    assert (rungs.groupby("rung")["cluster"].nunique() == 3).all()
    assert rungs.set_index(["rung", "cluster"]).loc[("settings", 0), "n"] == 6


def test_branches_that_are_not_equivalent_do_not_decide():
    """Exploratory runs that lose every cluster change the table beside and no verdict."""

    def label(pipeline):
        return shuffled() if pipeline["clusterer"] == "kmeans" else groups()

    found = ask(label)
    assert found.clusters["class"].tolist() == ["comes back"] * 3
    assert found.clusters["recovered: clusterer=kmeans, beside"].tolist() == [0, 0, 0]
    assert "clusterer" not in set(found.settings["choice"])


def test_branches_that_are_not_equivalent_do_not_say_how_a_cluster_was_lost():
    """Settings that scatter every cluster decide; exploratory runs that cut it in three beside them do not."""

    def label(pipeline):
        return groups() + 3 * (np.arange(N_OBS) % 3) if pipeline["clusterer"] == "kmeans" else shuffled()

    assert ask(label).clusters["class"].tolist() == ["does not come back"] * 3


def test_the_best_resolution_counts():
    """A cluster that one of two resolutions finds has been found."""
    found = ask(again=lambda perturbation, replicate, resolution: groups() if resolution == 0.5 else shuffled())
    assert found.clusters["class"].tolist() == ["comes back"] * 3


def test_a_cluster_that_other_cells_cut_in_three_splits():
    """Half-samples that cut the largest group in three: it splits, the others come back."""

    def again(perturbation, replicate, resolution):
        codes = groups().copy()
        if perturbation == "halves":
            members = np.flatnonzero(codes == 0)
            codes[members[::3]], codes[members[1::3]] = 3, 4
        return codes

    found = ask(again=again)
    assert found.clusters["verdict"].tolist()[0] == "splits into 3 parts"
    assert found.clusters["class"].tolist()[1:] == ["comes back"] * 2
    assert found.answer.status == "mixed"
    assert "splits into 3 parts" in found.answer.text
    assert (found.cells[groups() == 0] < 0.6).all()


def test_a_cluster_that_joins_another_merges():
    """Half-samples that unite two groups: the smaller one merges with the other by name."""

    def again(perturbation, replicate, resolution):
        return np.minimum(groups(), 1) if perturbation == "halves" else groups()

    verdicts = ask(again=again).clusters["verdict"].tolist()
    assert verdicts[0] == "comes back"
    assert verdicts[2] == "merges with 1 (100 % B)"


def test_a_cluster_of_one_setting_is_found_only_under_it():
    """Found in other cells, lost under one normalisation: the setting is named, with the worst setting beside."""

    def label(pipeline):
        return groups() if pipeline["norm"] == "log" else np.where(groups() == 0, shuffled(), groups())

    table = ask(label).clusters
    assert table["verdict"].tolist()[0].startswith("only under norm = log")
    assert table["worst_setting"].tolist()[0] == "norm = residuals (0%)"


def test_labels_of_no_pipeline_cannot_be_told():
    """Without a usable stand-in nothing was re-run: no cluster can be told, with the reason, and so says the sum."""
    found = ask(again=None, codes=shuffled(), agreement=0.03)
    assert found.clusters["class"].tolist() == ["cannot tell"] * 3
    assert found.answer.status == "cannot tell"
    assert "0.03" in found.clusters["verdict"].tolist()[0]
    assert "0.03" in found.answer.next_step
    assert np.isnan(found.cells).all()
    assert (found.answer.estimate, found.answer.interval) == (None, None)


def test_small_clusters_cannot_be_told():
    """A cluster below twenty cells is not judged, however often it is found."""
    codes = groups().copy()
    codes[np.flatnonzero(codes == 2)[:5]] = -1
    found = ask(codes=codes)
    assert found.clusters["verdict"].tolist()[2] == "cannot tell (19 cells; 20 are needed)"
    assert found.answer.verdict == "2 of 3 clusters come back"


def test_runs_that_all_failed_are_no_evidence():
    """Where neither a repeat nor an equivalent pipeline finished, no cluster comes back."""
    found = ask(again=lambda *repeat: np.full(N_OBS, -2), fails=lambda pipeline: pipeline["clusterer"] == "leiden")
    assert found.clusters["class"].tolist() == ["cannot tell"] * 3
    assert found.clusters["recovered: clusterer=kmeans, beside"].tolist() == [1, 1, 1]


def test_cells_are_scored_in_the_half_samples_that_hold_them():
    """The stability of a cell is the mean over its half-samples, each at the resolution that agrees best."""
    resamples = toy_resamples(
        lambda perturbation, replicate, resolution: noise(groups(), resolution / 3, seed=replicate)
    )
    parts = toy_parts(lambda pipeline: groups(), multiverse=MULTIVERSE)
    found = answer(Request(dataset(), judged(), 0, MULTIVERSE, parts, standin()), resamples)
    runs = resamples.runs
    halves = []
    for replicate in range(4):
        columns = np.flatnonzero((runs["perturbation"] == "halves") & (runs["replicate"] == replicate))
        values = [element_centric_items(groups(), resamples.labels[:, j]) for j in columns]
        halves.append(max(values, key=np.nanmean))
    assert np.allclose(found.cells, np.nanmean(halves, axis=0))
    assert found.answer.estimate == pytest.approx(np.mean([np.nanmean(half) for half in halves]))


def test_cells_that_the_labels_miss_have_no_stability():
    """A judged label that is missing has nothing to agree with."""
    codes = groups().copy()
    codes[:10] = -2
    assert np.isnan(ask(codes=codes).cells).tolist() == [True] * 10 + [False] * (N_OBS - 10)


def test_every_word_is_in_the_vocabulary():
    """Classes of clusters are the verdicts that the package can explain, and each has an action."""
    for found in (ask(), ask(again=lambda *repeat: shuffled()), ask(label=lambda pipeline: shuffled())):
        assert set(found.clusters["class"]) <= set(VERDICTS)
        assert (found.clusters["action"].str.len() > 0).all()


def test_labels_alone_are_not_applicable():
    """Without a matrix nothing comes back or not; the tables are empty and every cell unknown."""
    found = answer(Request(dataset(expression=False), judged(), 0), None)
    assert found.answer.status == "not applicable"
    assert [table.empty for table in (found.clusters, found.rungs, found.settings)] == [True] * 3
    assert np.isnan(found.cells).all()


def request(*, agreement=1.0, roles=None, kind="counts"):
    """A request ready to be planned."""
    data = dataset(roles=roles, kind=kind)
    return Request(data, judged(), 0, MULTIVERSE, None, standin(agreement), n_replicates=4)


def test_only_a_usable_stand_in_is_repeated():
    """A poor stand-in, or none, plans nothing."""
    assert plan(request(agreement=0.2)) == []
    assert plan(Request(dataset(expression=False), judged(), 0)) == []


def test_what_was_not_repeated_is_listed():
    """Without counts and donors: which perturbations, and why."""
    listed = not_run(request(roles=Roles(), kind="lognormalised"))
    assert {name for _, name, _ in listed} == {"thinning", "donor_block"}
    assert all(because for *_, because in listed)
    assert not_run(request()) == ()
    assert not_run(Request(dataset(expression=False), judged(), 0)) == ()


def test_donors_are_named_in_the_assumptions():
    """Who the cells come from stands beside the claim that cells are exchangeable."""
    evidence = {a.statement: a.evidence for a in ask().answer.assumptions}
    assert "4 donors" in evidence["cells are exchangeable; donors are not"]


def population(jaccard, *, n=300, reason=""):
    """One population whose clusters of 20 to 50 cells have this mean Jaccard index in half-samples."""
    if reason:
        return Population(reason=reason)
    size = np.arange(n) % 31 + 20
    clusters = pd.DataFrame({"size": size, "share": size / N_OBS, "rung": "halves", "jaccard": jaccard})
    summary = pd.DataFrame({"n_clusters": [3, 5], "modularity": [0.2, 0.3], "silhouette": np.nan})
    data = pd.DataFrame({"labels": ["judged"], "n_clusters": [3.0], "modularity": [0.7], "silhouette": [np.nan]})
    return Population(summary, clusters, data, N_OBS, N_OBS)


def no_groups(found):
    """The assumption that one population would not give the same."""
    (said,) = (a for a in found.answer.assumptions if a.statement.startswith("the same would not happen"))
    return said


def test_clusters_stand_beside_those_of_one_population():
    """In half-samples the null of the same size is shown; on rungs that were not run on it, nothing is said."""
    found = ask(null=population(0.3))
    assert found.clusters["jaccard"].tolist() == pytest.approx([1, 1, 1])
    assert found.clusters["jaccard_null"].tolist() == pytest.approx([0.3] * 3)
    assert found.clusters["jaccard_null_95"].tolist() == pytest.approx([0.3] * 3)
    assert found.clusters["above_null"].tolist() == [True] * 3
    rungs = found.rungs.set_index("rung")
    assert rungs.loc["halves", "above_null"].all()
    assert rungs.drop(index="halves")[["jaccard_null_95", "above_null"]].isna().all(axis=None)


def test_firmer_than_one_population_is_an_assumption_that_holds():
    """All clusters above the null: it holds, with the numbers of one population beside yours."""
    said = no_groups(ask(null=population(0.3)))
    assert said.status == "holds"
    assert said.evidence.startswith("3 of 3 clusters that come back do so in half-samples more firmly than 95 %")
    assert "gives 3-5 clusters, modularity 0.20-0.30 (2 draws); yours: 3, 0.70" in said.evidence


def test_no_firmer_than_one_population_violates_it():
    """Clusters of one population that come back as firmly: the assumption is violated, and the clusters are named."""
    said = no_groups(ask(null=population(1.0)))
    assert said.status == "violated"
    assert "; no more firmly: 0 (100 % A), 1 (100 % B), 2 (100 % C)" in said.evidence


def test_without_a_null_it_is_untested():
    """No population, one that could not be drawn, too few clusters of it, or none of yours that comes back."""
    assert no_groups(ask()).evidence == "no null was run"
    assert set(ask().clusters["null_how"]) == {"no null was run"}
    for null, because in ((population(0, reason="no counts"), "no counts"), (population(0.3, n=5), "0 of 3 clusters")):
        said = no_groups(ask(null=null))
        assert said.status == "untested"
        assert because in said.evidence
    lost = no_groups(ask(again=lambda *repeat: shuffled(), null=population(0.3)))
    assert (lost.status, lost.evidence[:22]) == ("untested", "no cluster comes back.")


def test_columns_of_one_population_are_in_both_tables():
    """With or without a null the columns are there, so that tables of different audits can be compared."""
    for found in (ask(), ask(null=population(0.3))):
        assert set(NULL_COLUMNS) <= set(found.clusters)
        assert set(NULL_COLUMNS) <= set(found.rungs)


def test_clusters_say_where_they_exist_and_dissolve():
    """Found at one resolution in all cells and halves, lost in halves of the other: range and rung are named."""

    def again(perturbation, replicate, resolution):
        lost = resolution == 1.0 or perturbation == "halves"
        return np.where((groups() == 0) & lost, 3 + np.arange(N_OBS) % 6, groups()).astype(np.int32)

    found = ask(again=again)
    assert found.clusters["dissolves_at"].tolist() == ["halves", "", ""]
    assert found.clusters["exists_at"].tolist() == ["", "resolution 0.5 to 1", "resolution 0.5 to 1"]
    assert found.ranges.set_index(["cluster", "level"]).loc[(0, 0.5), "recovered_halves"] == 0
    assert found.ranges["recovered"].tolist() == [1.0] * 6


def test_cells_have_a_ladder_whose_halves_are_their_stability():
    """One column per rung; that of the half-samples is what is shown per cell."""
    found = ask(again=lambda perturbation, replicate, resolution: noise(groups(), 0.2, seed=replicate))
    assert set(found.cell_rungs) == {"seed", "halves", "settings"}
    assert np.array_equal(found.cell_rungs["halves"], found.cells)
    assert np.allclose(found.cell_rungs["settings"], 1.0)
