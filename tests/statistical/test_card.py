"""What audits say of clusters whose nature is known: which hold, and which must not."""

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Judged
from rashomon.dataset import Dataset, Expression
from rashomon.sim import World
from tests.card_audit import words_of
from tests.planted import N_REPLICATES, dataset, judged, planted_audit
from tests.structure_sample import sample
from tests.technical_sample import planted

N = 8
N_OBS = 600
MODULES = [
    "rashomon.ask.card.card",
    "rashomon.ask.card.cell_word",
    "rashomon.ask.card.word",
    "rashomon.ask.stability.verdict",
    "rashomon.ask.confounding.technical",
]
IDEAL = {"n_groups": 4, "n_genes": 400, "n_markers": 25, "effect_size": 2.5, "n_donors": 4, "depth": 2000.0}


def test_words_are_those_of_a_whole_audit():
    """What is left out here changes no word: every card of the whole audit says the same."""
    cards = planted_audit().tables["cards"].set_index("cluster")[["word", "detail"]]
    pd.testing.assert_frame_equal(words_of(dataset(), judged(), seed=0, n_replicates=N_REPLICATES), cards)


@pytest.mark.statistical
@pytest.mark.parametrize("what", ["batch", "depth", "doublets"])
def test_technical_clusters_do_not_hold(accumulate, seed_block, what):
    """A planted cluster of one batch, of low depth or of doublets is said to hold in 5 % of audits at most."""
    held = 0
    for i in range(N):
        seed = seed_block * N + i
        case = planted(np.random.default_rng([11, seed]), what, n=N_OBS)
        said = words_of(case.request.dataset, case.request.judged, seed=seed)["word"]
        held += (said[list(case.technical)] == "holds").any()
    totals = accumulate(
        f"card_{what}",
        claim="a planted technical cluster is said to hold",
        n=N,
        events={"holds": held},
        modules=MODULES,
    )
    assert totals["holds"] <= 0.05 * totals["n"] + 1


@pytest.mark.statistical
@pytest.mark.parametrize("kind", ["plain", "heavy"])
def test_nothing_holds_in_one_population(accumulate, seed_block, kind):
    """Clusters of Leiden in one population: a data set with any that holds is one in twenty at most."""
    held = 0
    for i in range(N):
        seed = seed_block * N + i
        counts = sample(kind, np.random.default_rng([12, seed]), n=N_OBS).counts
        names = np.array([f"GENE{j}" for j in range(counts.shape[1])], dtype=object)
        data = Dataset(pd.DataFrame(index=[f"c{i}" for i in range(N_OBS)]), Expression(counts, names, "counts"))
        held += (words_of(data, seed=seed)["word"] == "holds").any()
    totals = accumulate(
        f"card_null_{kind}", claim="a data set of one population has a cluster that is said to hold", n=N,
        events={"any holds": held}, modules=MODULES,
    )  # fmt: skip
    assert totals["any holds"] <= 0.05 * totals["n"] + 1


@pytest.mark.statistical
def test_planted_groups_hold(accumulate, seed_block):
    """Four clear groups in four donors: 95 % of them hold."""
    held = 0
    for i in range(N):
        seed = seed_block * N + i
        data = World("ideal", IDEAL).sample(N_OBS, rng=1300 + seed).dataset
        truth = data.truths["type"]
        labels = Judged("type", truth.codes, truth.categories, own=True)
        held += int((words_of(data, labels, seed=seed)["word"] == "holds").sum())
    totals = accumulate(
        "card_ideal", claim="planted groups of the ideal world hold", n=4 * N, events={"holds": held}, modules=MODULES
    )
    assert totals["holds"] >= 0.95 * totals["n"] - 2
