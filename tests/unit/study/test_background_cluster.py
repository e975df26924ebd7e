"""Clusters of backgrounds: those of the pipeline, found again from all pairs of the same draws."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from rapidfuzz.distance import Hamming
from rapidfuzz.process import cdist
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import adjusted_rand_score

from rashomon.ask import Judged, Request
from rashomon.ask.standin import StandIn
from rashomon.core import Step, silent
from rashomon.dataset import unique_receptors
from rashomon.engine import Engine, MemoryStore
from rashomon.multiverse import Executor, Wishes, receptor_multiverse, slots_of
from rashomon.study.background_cluster import clustered_backgrounds
from rashomon.study.receptor_background import backgrounds, selected_state
from tests.receptor_sample import planted

CHOSEN = {"chain": "vdj", "distance": "hamming", "cutoff": 2, "v_match": "none", "clusterer": "component"}


@pytest.fixture(scope="module")
def asked():
    """A request about planted receptors, their slots, and what the pipeline compares."""
    dataset = unique_receptors(planted(np.random.default_rng(7), n_families=5, n_members=10, n_orphans=60))[0]
    wishes = Wishes({"distance": ["hamming"], "clusterer": ["component", "leiden"]})
    codes = np.full(dataset.n_obs, -1, dtype=np.int32)
    request = Request(dataset, Judged("made", codes, (), own=False), 0, receptor_multiverse(dataset, wishes=wishes))
    executor = Executor(slots_of(dataset), 0, MemoryStore(), Engine("serial", listener=silent))
    return request, executor, selected_state(executor, CHOSEN)


def broken(vdj):
    """A clusterer that finds nothing to do."""
    raise ValueError(f"{vdj.size} chains")


def test_clusters_are_the_components_of_each_draw(asked):
    """Connected components of all pairs within the cutoff, and as many links."""
    request, executor, state = asked
    found = clustered_backgrounds(request, executor, state, CHOSEN, n_draws=3)
    assert found.labels.shape == (request.dataset.n_obs, 3)
    assert found.labels.dtype == np.int32
    drawn = backgrounds(state, request.rng("background"), 3)
    for labels, n_links, background in zip(found.labels.T, found.n_links, drawn, strict=True):
        aa = background["vdj"]["aa"].astype(str)
        near = cdist(aa, aa, scorer=Hamming.distance, dtype=np.int32) <= 2
        expected = connected_components(sp.csr_matrix(near))[1]
        alone = np.bincount(expected)[expected] == 1
        assert ((labels[state["rows"]] == -1) == alone).all()
        assert adjusted_rand_score(labels[state["rows"]][~alone], expected[~alone]) == 1.0
        assert n_links == (near.sum() - len(aa)) / 2


def test_the_same_request_gives_the_same_clusters(asked):
    """Draws and clusters depend on the entropy alone; by default 19."""
    request, executor, state = asked
    pipeline = {**CHOSEN, "clusterer": "leiden", "resolution": 1.0, "seed": 0}
    first, second = (clustered_backgrounds(request, executor, state, pipeline) for _ in range(2))
    assert first.labels.shape[1] == 19
    assert (first.labels == second.labels).all()
    assert first.reason == ""


def test_rows_that_are_not_judged_are_not_observed(asked):
    """What the labels on trial do not observe is -2 in every background."""
    request, executor, state = asked
    codes = np.where(np.arange(request.dataset.n_obs) < 10, -2, 0).astype(np.int32)
    part = replace(request, judged=Judged("part", codes, ("0",), own=False))
    labels = clustered_backgrounds(part, executor, state, CHOSEN, n_draws=2).labels
    assert ((labels == -2).all(axis=1) == (codes == -2)).all()


def test_labels_that_nothing_makes_have_no_background(asked):
    """Own labels far from every pipeline: no draws, and the reason."""
    request, executor, state = asked
    own = replace(request, judged=replace(request.judged, own=True), standin=StandIn(CHOSEN, "x", 0.2, declared=False))
    found = clustered_backgrounds(own, executor, state, CHOSEN)
    assert found.labels.shape == (request.dataset.n_obs, 0)
    assert found.reason.startswith("no baseline: no pipeline makes labels like these")
    close = replace(own, standin=StandIn(CHOSEN, "x", 0.8, declared=False))
    assert clustered_backgrounds(close, executor, state, CHOSEN, n_draws=1).labels.shape[1] == 1


def test_a_clusterer_that_fails_is_a_reason(asked):
    """Nothing is raised: the table of runs has the failure already, and the backgrounds have its text."""
    request, executor, state = asked
    step = Step("broken", "x:y", reads=("vdj",), writes=("labels",), target=broken)
    multiverse = replace(request.multiverse, clusterers={**request.multiverse.clusterers, "broken": step})
    failing = replace(request, multiverse=multiverse)
    found = clustered_backgrounds(failing, executor, state, {**CHOSEN, "clusterer": "broken"}, n_draws=2)
    assert found.labels.shape[1] == found.n_links.size == 0
    assert found.reason.startswith("no baseline: 2 of 2 backgrounds failed: broken: ValueError: ")


def test_a_pipeline_without_distances_has_no_links(asked):
    """What compares no pairs has clusters, and no number of links."""
    request, executor, state = asked
    step = Step("alike", "x:y", reads=("items",), writes=("labels",), target=np.zeros_like)
    multiverse = replace(request.multiverse, clusterers={**request.multiverse.clusterers, "alike": step})
    free = replace(request, multiverse=multiverse)
    found = clustered_backgrounds(free, executor, state, {**CHOSEN, "clusterer": "alike"}, n_draws=2)
    assert (found.labels[state["rows"]] == 0).all()
    assert np.isnan(found.n_links).all()


def test_clones_have_no_background(asked):
    """Clones are told by nucleotides, which a background of residues does not have: none, with the reason."""
    request, executor, state = asked
    found = clustered_backgrounds(request, executor, state, {**CHOSEN, "distance": "clone"})
    assert found.labels.shape == (request.dataset.n_obs, 0)
    assert found.reason.startswith("no background: clones of B cells")
