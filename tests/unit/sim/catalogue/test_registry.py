import re

import pytest

from rashomon.core import UsageError
from rashomon.sim.catalogue import PASS_RATE, WORLDS
from rashomon.sim.catalogue.lesson import check_lesson

ENTRIES = pytest.mark.parametrize("name", WORLDS)
ASKED = {
    "ideal", "sparse", "imbalanced", "rare", "hierarchy", "line", "branching", "cycle", "one_population",
    "bimodal_depth", "heavy_tails", "correlated", "cell_cycle", "doublets", "ambient", "batches", "batch_confounded",
    "batch_aliased", "nested_donors", "wrong_k", "noise_genes",
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
    asked = [(each.score, each.truth) for each in entry.expectations]
    assert len(set(asked)) == len(asked)
    assert "n_clusters" in dict(asked)
    assert len({score for score, _ in asked} | {truth for _, truth in asked if truth}) >= 4
    assert len(asked) >= 4
    assert {truth for _, truth in asked if truth} <= set(entry.world.truths)


@ENTRIES
def test_worlds_draw_what_they_declare(name):
    """Cells and genes as the knobs say, no negative count, and every declared truth as a column."""
    entry = WORLDS[name]
    simulated = entry.world.sample(120, rng=1)
    knobs = entry.world.knobs
    assert simulated.counts.shape == (120, knobs["n_genes"] + knobs["n_noise_genes"])
    assert simulated.counts.sum() > 0
    assert simulated.counts.min() >= 0
    assert set(simulated.declared) == set(entry.world.truths) <= set(simulated.obs)


@pytest.mark.parametrize("name", ["batches", "one_population"])
def test_lessons_hold_once(name):
    """One draw of the two shortest lessons; all worlds over twenty seeds are the statistical test."""
    found = check_lesson(WORLDS[name], rng=0)
    assert found.loc[~found["holds"], ["claim", "value"]].values.tolist() == []


def test_unknown_worlds_name_the_nearest():
    """A misspelt name is answered with the one that was meant."""
    with pytest.raises(UsageError, match="did you mean 'batches'"):
        WORLDS["batchs"]
