"""A card per cluster."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import Judged, Request
from rashomon.ask.card.card import CARD_COLUMNS, card_words, cards
from rashomon.ask.card.cell_word import CELL_WORDS
from rashomon.ask.structure.population_record import Population
from rashomon.dataset import Dataset

NAMES = ("A", "B", "C")


@pytest.fixture
def request_of_three():
    """Thirty cells in three clusters, and no matrix."""
    obs = pd.DataFrame(index=[f"c{i}" for i in range(31)])
    codes = np.append(np.repeat([0, 1, 2], 10), -1).astype(np.int32)
    return Request(Dataset(obs), Judged("mine", codes, NAMES, own=True), entropy=1)


def tables(**changes):
    """Tables in which every cluster passes everything; `changes` replace whole tables."""
    found = {
        "clusters": pd.DataFrame(
            {
                "cluster": NAMES,
                "size": 10,
                "verdict": "comes back",
                "class": "comes back",
                "action": "keep it",
                "worst_setting": "",
                "dissolves_at": "",
                "exists_at": "resolution 1",
            }
        ),
        "rungs": pd.DataFrame(
            {"cluster": range(3), "rung": "halves", "jaccard": 0.9, "jaccard_null_95": 0.6, "above_null": True}
        ),
        "labellings": pd.DataFrame({"cluster": NAMES, "recommended": NAMES, "conservative": NAMES}),
        "pairs": pd.DataFrame({"left": ["A", "B"], "right": ["B", "C"], "verdict": "separated"}),
        "donor_entropy": pd.DataFrame({"cluster": NAMES, "n_donors": 4, "n_able": 4, "top_donor": "P1"}),
        "technical": pd.DataFrame({"cluster": NAMES, "cause": ""}),
        "markers": pd.DataFrame({"cluster": [0] * 7, "gene": list("abcdefg")}),
        "nuisances": pd.DataFrame(
            {
                "cluster": ["A", "A"],
                "nuisance": ["depth", "stress"],
                "median": [300.0, 1.0],
                "median_others": [1200.0, 1.0],
                "cv_auc": [0.9, 0.5],
            }
        ),
    }
    return found | changes


def test_what_passed_everything_holds(request_of_three):
    """Each card has the word of all questions together, and what it rests on."""
    table = cards(request_of_three, tables())
    assert list(table) == list(CARD_COLUMNS)
    assert table["word"].tolist() == ["holds"] * 3
    first = table.iloc[0]
    assert first["donors"] == "in 4 of 4 donors"
    assert first["markers"] == "a, b, c, d, e"
    assert first["nearest"] == "B"
    assert first["quality"] == "depth 300 (1.2e+03 in the others)"


def test_merged_labels_are_said_to_merge(request_of_three):
    """The word follows the recommended labelling, and names the neighbour; what is unproven is not said to hold."""
    labellings = pd.DataFrame(
        {"cluster": NAMES, "recommended": ["A + B", "A + B", "C"], "conservative": ["A + B + C"] * 3}
    )
    pairs = pd.DataFrame({"left": ["A", "B"], "right": ["B", "C"], "verdict": ["not separated", "cannot tell"]})
    table = cards(request_of_three, tables(labellings=labellings, pairs=pairs))
    assert table["word"].tolist() == ["should merge", "should merge", "comes back"]
    assert table["detail"].tolist()[:2] == ["with B", "with A"]


def test_a_closed_gradient_is_a_step(request_of_three):
    """Clusters on a closed gradient are steps of it."""
    labellings = pd.DataFrame({"cluster": NAMES, "recommended": NAMES, "conservative": ["A + B", "A + B", "C"]})
    pairs = pd.DataFrame({"left": ["A", "B"], "right": ["B", "C"], "verdict": ["closed gradient", "separated"]})
    table = cards(request_of_three, tables(labellings=labellings, pairs=pairs))
    assert table["word"].tolist() == ["a step on a gradient", "a step on a gradient", "holds"]


def test_technical_causes_and_chance_come_first(request_of_three):
    """A cluster that follows depth is technical however well it comes back; one like the null is chance."""
    technical = pd.DataFrame({"cluster": NAMES, "cause": ["follows depth", "", ""]})
    rungs = tables()["rungs"].assign(above_null=[True, False, None])
    many = Population(pd.DataFrame({"draw": range(19)}))
    table = cards(replace(request_of_three, population=many), tables(technical=technical, rungs=rungs))
    assert table["word"].tolist() == ["reproducible but technical", "not more than chance", "comes back"]
    assert table["detail"].iloc[1] == "(Jaccard 0.90 in half-samples; 0.60 in one population)"


def test_few_draws_do_not_show_that_there_is_nothing(request_of_three):
    """From four draws a cluster is not said to be chance: it comes back, and the numbers are given."""
    few = Population(pd.DataFrame({"draw": range(4)}))
    table = cards(replace(request_of_three, population=few), tables(rungs=tables()["rungs"].assign(above_null=False)))
    assert set(table["word"]) == {"comes back"}
    assert (
        table["detail"]
        .iloc[0]
        .endswith("one population: Jaccard 0.90 in half-samples; 0.60 in one population, 4 draws)")
    )


def test_questions_that_were_not_asked_leave_gaps(request_of_three):
    """From the question of coming back alone, cards say no more than that."""
    table = cards(request_of_three, {"clusters": tables()["clusters"]})
    assert set(table["word"]) == {"comes back"}
    assert table[["donors", "markers", "nearest", "quality"]].eq("").all(axis=None)
    assert set(table["word"]) <= set(CELL_WORDS)


def test_without_repeats_there_are_no_cards(request_of_three):
    """Labels that cannot be made again have no cards."""
    assert not len(cards(request_of_three, {"clusters": pd.DataFrame()}))


def test_every_cell_has_the_words_of_its_cluster(request_of_three):
    """Cells without a cluster have none."""
    words = card_words(request_of_three, cards(request_of_three, tables()))
    assert words[0] == "holds in 4 of 4 donors"
    assert words[30] == ""
