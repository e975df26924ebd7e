"""Backgrounds of receptors: what is expected in them is what brute force counts in the same draws."""

from functools import cache

import numpy as np
import pytest
from rapidfuzz.distance import Hamming, Levenshtein
from rapidfuzz.process import cdist

from rashomon.core import silent
from rashomon.dataset import unique_receptors
from rashomon.engine import Engine, MemoryStore
from rashomon.multiverse import Executor, slots_of
from rashomon.perturb.matched_background import shuffle_within_strata
from rashomon.study.receptor_background import (
    distances_of,
    draws_for,
    expected_links,
    expected_neighbours,
    links,
    selected_state,
)
from tests.receptor_sample import planted, receptors, table

HAMMING = {"chain": "vdj", "distance": "hamming", "cutoff": 2}


def state_of(dataset, pipeline):
    """The chains that a pipeline compares."""
    executor = Executor(slots_of(unique_receptors(dataset)[0]), 0, MemoryStore(), Engine("serial", listener=silent))
    return selected_state(executor, pipeline)


@cache
def state():
    """Families that came from few seeds, in strata of some fifty receptors."""
    return state_of(planted(np.random.default_rng(5), n_families=6, n_members=10, n_orphans=80), HAMMING)


def drawn(of, n, *, seed):
    """Junctions of the same backgrounds, by the function that makes them; genes are the calls without their alleles."""
    rng, chains = np.random.default_rng(seed), of["vdj"]
    genes = {
        part: np.unique([name.split(b"*")[0] for name in of[f"{part}_names"]], return_inverse=True)[1][chains[part]]
        for part in ("v", "j")
    }
    return [shuffle_within_strata(chains["aa"], genes["v"], genes["j"], rng=rng).aa.astype(str) for _ in range(n)]


def close(a, b, cutoff, metric=Hamming):
    """Whether two junctions are within the cutoff; of another length they are not, for Hamming."""
    found = cdist(a, b, scorer=metric.distance, dtype=np.int32) <= cutoff
    same = np.char.str_len(a)[:, None] == np.char.str_len(b)
    return found & same if metric is Hamming else found


def test_the_chains_are_those_of_the_pipeline():
    """One chain per receptor of the arm that is compared, none of the other, and the items of all rows."""
    of = state()
    assert of["vdj"]["item"].tolist() == list(range(of["vdj"].size))
    assert of["vj"].size == 0
    assert of["items"].tolist() == list(range(of["rows"].size))
    assert {b"TRBV5-1*01", b"TRBV6-1*01", b"TRBV7-1*01"} == set(of["v_names"][of["vdj"]["v"]])


@pytest.mark.parametrize(("metric", "scorer"), [("hamming", Hamming), ("levenshtein", Levenshtein)])
def test_links_are_those_of_brute_force_in_the_same_draws(metric, scorer):
    """Receptors with a neighbour and pairs of neighbours at each cutoff, counted from all pairs of each background."""
    pipeline = {**HAMMING, "distance": metric}
    found = expected_links(state(), pipeline, cutoffs=[1, 2], rng=np.random.default_rng(8), n_draws=3)
    near = [[close(aa, aa, cutoff, scorer) for cutoff in (1, 2)] for aa in drawn(state(), 3, seed=8)]
    assert found.retention.shape == (3, 2)
    assert found.retention.max() > 0
    np.testing.assert_allclose(found.retention, [[(pairs.sum(axis=1) > 1).mean() for pairs in each] for each in near])
    expected = [[(pairs.sum() - len(pairs)) / 2 for pairs in each] for each in near]
    np.testing.assert_array_equal(found.n_links, expected)


def test_rows_are_retained_with_their_item():
    """Rows that share an item are retained together, by a neighbour of the item and not by each other."""
    distances = distances_of(state(), HAMMING)
    items = np.repeat(state()["items"], np.arange(state()["items"].size) % 3 + 1)
    linked = np.flatnonzero(np.diff(distances.indptr))
    found = links(distances, items, cutoffs=[2])
    assert found.retention[0] == pytest.approx(np.isin(items, linked).mean())
    assert found.retention[0] != links(distances, state()["items"], cutoffs=[2]).retention[0]
    assert links(distances[:0, :0], items[:0], cutoffs=[1]).n_links.tolist() == [0]
    assert np.isnan(links(distances[:0, :0], items[:0], cutoffs=[1]).retention).all()


def test_fewer_backgrounds_are_drawn_of_many_receptors():
    """Both numbers let p be 0.05: one more than they are is a multiple of twenty."""
    numbers = [draws_for(n) for n in (0, 20_000, 20_001, 10**6)]
    assert numbers == [39, 39, 19, 19]
    assert [(n + 1) % 20 for n in numbers] == [0] * 4


def test_neighbours_are_those_of_brute_force_in_the_same_draws():
    """Each receptor's mean number of neighbours among the receptors of the backgrounds, counted from all pairs."""
    found = expected_neighbours(state(), HAMMING, rng=np.random.default_rng(8), n_draws=3)
    own = state()["vdj"]["aa"].astype(str)
    expected = np.mean([close(own, aa, 2).sum(axis=1) for aa in drawn(state(), 3, seed=8)], axis=0)
    assert found.dtype == np.float64
    assert expected.max() > 0
    np.testing.assert_allclose(found, expected)


def test_matching_genes_can_only_lose_neighbours():
    """A link that also needs the same V gene is one of those that do not."""
    free, matched = (
        expected_neighbours(state(), {**HAMMING, "v_match": level}, rng=np.random.default_rng(1), n_draws=2)
        for level in ("none", "gene")
    )
    assert (matched <= free).all()
    assert matched.sum() < free.sum()


def test_planted_families_are_more_than_the_background_has():
    """Motifs are gone in a background: fewer receptors have a neighbour than in the data."""
    own = state()["vdj"]["aa"].astype(str)
    retained = (close(own, own, 1).sum(axis=1) > 1).mean()
    expected = expected_links(state(), {**HAMMING, "cutoff": 1}, cutoffs=[1], rng=np.random.default_rng(0))
    assert expected.retention.shape == (draws_for(own.size), 1)
    assert expected.retention.max() < retained / 2


def test_equal_junctions_are_equal_in_every_background():
    """Where all receptors of a stratum are one junction there is nothing to shuffle: each one has all as neighbours."""
    donors = [f"d{i}" for i in range(30)]
    of = state_of(table(receptors(["CASSLGQGYEQF"] * 30), donor=donors), HAMMING)
    found = expected_links(of, HAMMING, cutoffs=[0], rng=np.random.default_rng(0), n_draws=2)
    assert found.retention.tolist() == [[1.0], [1.0]]
    assert found.n_links.tolist() == [[435], [435]]
    assert (expected_neighbours(of, HAMMING, rng=np.random.default_rng(0), n_draws=2) == 30).all()


def test_alleles_of_a_gene_are_one_stratum():
    """Two junctions, each with an allele of one gene, are mixed; each with a gene of its own, they stay as they are."""
    aa, donors = ["CASSAAAAAAAEQF"] * 20 + ["CASSDDDDDDDEQF"] * 20, [f"d{i}" for i in range(40)]
    retained = []
    for other in ("TRBV9*02", "TRBV28*01"):
        of = state_of(table(receptors(aa, v=["TRBV9*01"] * 20 + [other] * 20), donor=donors), HAMMING)
        assert len(of["v_names"]) == 2
        pipeline = {**HAMMING, "cutoff": 0}
        found = expected_links(of, pipeline, cutoffs=[0], rng=np.random.default_rng(3), n_draws=1)
        retained.append(found.retention.item())
    assert retained[0] < 1
    assert retained[1] == 1


def test_both_chains_are_shuffled_each_in_its_arm():
    """Of paired receptors the beta and the alpha chains are shuffled; links need both."""
    rng = np.random.default_rng(2)
    one = planted(rng, n_families=4, n_members=8, n_orphans=30)
    beta = one.receptors.junction_aa.astype(str).tolist()
    alpha = [f"CA{text[3:-1]}F" for text in beta]
    n = len(beta)
    both = receptors(
        beta + alpha,
        v=["TRBV9*01"] * n + ["TRAV12-2*01"] * n,
        j=["TRBJ1-1*01"] * n + ["TRAJ33*01"] * n,
        obs=[*range(n), *range(n)],
        locus=["TRB"] * n + ["TRA"] * n,
    )
    pipeline = {"chain": "paired", "distance": "hamming", "cutoff": 2}
    of = state_of(table(both, n, donor=one.obs["donor"].tolist()), pipeline)
    assert of["vdj"].size == of["vj"].size == of["items"].max() + 1
    paired, single = (
        expected_neighbours(of, {**pipeline, "chain": chain}, rng=np.random.default_rng(0), n_draws=2)
        for chain in ("paired", "vdj")
    )
    assert paired.shape == single.shape
    assert (paired <= single).all()
