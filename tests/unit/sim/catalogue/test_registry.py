import re

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.catalogue import PASS_RATE, WORLDS
from rashomon.sim.catalogue.lesson import check_lesson

GENES = {"v_gene", "j_gene", "cdr3_length", "vj v_gene", "vj j_gene", "vj cdr3_length"}
"""Truths that receptors have by themselves."""

ENTRIES = pytest.mark.parametrize("name", WORLDS)
ASKED = {
    "ideal", "sparse", "imbalanced", "rare", "hierarchy", "line", "branching", "cycle", "one_population",
    "bimodal_depth", "heavy_tails", "correlated", "cell_cycle", "doublets", "ambient", "batches", "batch_confounded",
    "batch_aliased", "nested_donors", "wrong_k", "noise_genes", "motifs", "orphans", "no_epitope", "v_gene_wins",
    "percolation", "donor_epitope", "hla_disease", "mait", "alpha_driven", "public_receptors", "false_labels",
    "index_hopping", "clone_against_state", "state_without_clone", "graded_clones",
}  # fmt: skip


def test_the_catalogue_is_complete():
    """Every phenomenon that the catalogue promises has its world."""
    assert set(WORLDS) >= ASKED
    assert 0 < PASS_RATE <= 1


@ENTRIES
def test_entries_say_what_they_are(name):
    """Summary, lesson and reasons are sentences; the citation names a year; no two worlds are the same."""
    entry = WORLDS[name]
    said = [entry.summary, entry.lesson, *(each.why for each in entry.expectations)]
    assert [text for text in said if not re.fullmatch(r"[A-Z].*\.", text)] == []
    assert re.search(r"\((19|20)\d\d\), ", entry.citation)
    others = {other.world.digest for other in WORLDS.values() if other.name != name}
    assert entry.world.digest not in others


@ENTRIES
def test_entries_expect_enough(name):
    """The number of clusters and at least three other claims, each about another score or truth that is declared."""
    entry = WORLDS[name]
    claims = [(each.part, str(each.by), each.score, each.truth) for each in entry.expectations]
    asked = [(each.score, each.truth) for each in entry.expectations]
    assert len(set(claims)) == len(claims)
    assert len({each.claim for each in entry.expectations}) == len(claims)
    assert "n_clusters" in dict(asked)
    assert len({score for score, _ in asked} | {truth for _, truth in asked if truth}) >= 4
    assert len(asked) >= 4
    known = set(entry.world.truths) | (GENES if "receptors" in entry.parts else set())
    assert {truth for _, truth in asked if truth} <= known
    assert {each.part for each in entry.expectations} == set(entry.parts)


@ENTRIES
def test_worlds_draw_what_they_declare(name):
    """Cells, genes and chains as the knobs say, no negative count, and every declared truth as a column."""
    entry = WORLDS[name]
    simulated = entry.world.sample(120, rng=1)
    knobs = entry.world.knobs
    n_genes = knobs["n_genes"] + knobs["n_noise_genes"] if "expression" in entry.parts else 0
    assert simulated.counts.shape == (120, n_genes)
    assert (simulated.receptors is not None) == ("receptors" in entry.parts)
    if n_genes:
        assert simulated.counts.sum() > 0
        assert simulated.counts.min() >= 0
    else:
        assert np.unique(simulated.receptors.obs).size > 100
    assert set(simulated.declared) == set(entry.world.truths) <= set(simulated.obs)


@pytest.mark.parametrize("name", ["batches", "one_population", "public_receptors", "mait"])
def test_lessons_hold_once(name):
    """One draw of the shortest lessons; all worlds over twenty seeds are the statistical test."""
    found = check_lesson(WORLDS[name], rng=0)
    assert found.loc[~found["holds"], ["claim", "value"]].values.tolist() == []


def test_unknown_worlds_name_the_nearest():
    """A misspelt name is answered with the one that was meant."""
    with pytest.raises(UsageError, match="did you mean 'batches'"):
        WORLDS["batchs"]
