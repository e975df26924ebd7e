"""Matching against sets, relabelling, permuting; shares that sum to 1; answers in plain words."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.ask import QUESTIONS, Request
from rashomon.ask.choices.question import answer as ask_choices
from rashomon.ask.choices.share import variance_shares
from rashomon.ask.stability.question import answer as ask_stability
from rashomon.ask.structure.match import match_clusters
from rashomon.ask.truths.question import answer as ask_truths
from rashomon.multiverse import Choice, Multiverse, Option
from tests.planted import dataset, groups, judged, noise, planted_audit, shuffled, shuffled_audit, truth
from tests.strategies import labeling_pairs

N_CLUSTERS = 6


def jaccard(a, b):
    """Jaccard index of two sets; two empty sets are equal."""
    return len(a & b) / len(a | b) if a | b else 1.0


def by_sets(judged_labels, found_labels):
    """`match_clusters` as its description reads, one set at a time."""
    seen = {i for i in range(judged_labels.size) if judged_labels[i] > -2 and found_labels[i] > -2}
    clusters = [{i for i in seen if judged_labels[i] == code} for code in range(N_CLUSTERS)]
    others = [{i for i in seen if found_labels[i] == code} for code in range(N_CLUSTERS)]
    rows = []
    for code, cluster in enumerate(clusters):
        values = [jaccard(cluster, other) if other else 0.0 for other in others]
        # among equals the larger cluster, then the smaller code
        best = max(range(N_CLUSTERS), key=lambda other: (values[other], len(others[other]), -other))
        value = values[best] if cluster else np.nan
        if 2 * len(cluster) > len(seen) and values[best] > 0:
            value = min(value, jaccard(seen - cluster, seen - others[best]))
        inside = [other for other in others if 2 * len(other & cluster) > len(other)]
        union = set().union(*inside)
        holder = max(others, key=lambda other: len(other & cluster))
        group = []
        if 2 * len(holder & cluster) > len(cluster):
            group = [i for i, each in enumerate(clusters) if 2 * len(holder & each) > len(each)]
        together = set().union(*(clusters[i] for i in group))
        rows.append(
            {
                "cluster": code,
                "size": len(cluster),
                "found": best if cluster & others[best] else -1,
                "jaccard": value,
                "n_pieces": sum(len(other & cluster) >= 0.1 * len(cluster) for other in inside),
                "pieces_jaccard": jaccard(cluster, union) if cluster else np.nan,
                "partners": tuple(i for i in group if i != code),
                "merged_jaccard": (jaccard(together, holder) if group else 0.0) if cluster else np.nan,
            }
        )
    return pd.DataFrame(rows)


@given(labeling_pairs(max_classes=N_CLUSTERS))
def test_matches_are_those_of_sets(pair):
    """Counting over a table gives what comparing sets gives, with unassigned and unobserved items."""
    found = match_clusters(*pair, n_clusters=N_CLUSTERS)
    pd.testing.assert_frame_equal(found, by_sets(*pair), check_dtype=False)


@given(labeling_pairs(max_classes=N_CLUSTERS), st.permutations(range(N_CLUSTERS)), st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(pair, names, random):
    """Renaming the clusters of a run, or changing the order of the items, changes no number."""
    a, b = pair
    order = np.array(random.sample(range(a.size), a.size))
    renamed = np.where(b >= 0, np.array(names, dtype=np.int32)[b], b)
    columns = ["size", "jaccard", "n_pieces", "pieces_jaccard"]
    expected = match_clusters(a, b, n_clusters=N_CLUSTERS)[columns]
    changed = match_clusters(a[order], renamed[order], n_clusters=N_CLUSTERS)[columns]
    pd.testing.assert_frame_equal(changed, expected)


@given(labeling_pairs(max_classes=N_CLUSTERS), st.integers(2, 4))
def test_copies_of_every_item_do_not_matter(pair, times):
    """Shares and indices are those of one copy; only the sizes grow."""
    a, b = pair
    once = match_clusters(a, b, n_clusters=N_CLUSTERS)
    often = match_clusters(np.tile(a, times), np.tile(b, times), n_clusters=N_CLUSTERS)
    assert (often["size"] == times * once["size"]).all()
    pd.testing.assert_frame_equal(often.drop(columns="size"), once.drop(columns="size"))


def choice(name, n_levels, **more):
    """A choice with numbered levels."""
    return Choice(name, tuple(Option(level, "") for level in range(n_levels)), **more)


@st.composite
def scored_multiverses(draw):
    """Choices, one of which may lie within another, with a score for each of their runs; some runs failed."""
    n = draw(st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)))
    within = draw(st.sampled_from([{}, {"a": (0,)}]))
    choices = (choice("a", n[0]), choice("b", n[1]), choice("c", n[2], within=within))
    choices += (choice("seed", n[3], replicate=True),)
    runs = pd.DataFrame(list(Multiverse(choices))).reindex(columns=[each.name for each in choices])
    cells = st.integers(-8, 8).map(lambda value: value / 8) | st.just(np.nan)
    values = np.array(draw(st.lists(cells, min_size=len(runs), max_size=len(runs))))
    return runs, values, choices


@given(scored_multiverses(), st.randoms(use_true_random=False))
def test_shares_sum_to_one_in_any_order(case, random):
    """The shares sum to 1, or are all unknown; the order of the runs, a shift and a scale change nothing."""
    runs, values, choices = case
    found = variance_shares(runs, values, choices)
    if found["share"].isna().any():
        assert found["share"].isna().all()
        return
    assert found["share"].sum() == pytest.approx(1.0)
    if found["variance"].sum() < 1e-6:
        return  # nothing but rounding is left to divide
    order = random.sample(range(len(runs)), len(runs))
    again = variance_shares(runs.iloc[order].reset_index(drop=True), 3.0 * values[order] + 1.0, choices)
    pd.testing.assert_series_equal(again["share"], found["share"], atol=1e-9)


def every_answer():
    """Answers of every status that the questions give."""
    empty = Request(dataset(expression=False), judged(), 0)
    yield from planted_audit().answers.values()
    yield from shuffled_audit().answers.values()
    yield ask_stability(empty, None).answer
    yield ask_choices(empty).answer
    copied, gate = truth("copied", derived_from="expression"), truth("gate", noise(groups(), 0.3, seed=1))
    other, batch = truth("other", noise(groups(), 0.3, seed=2)), truth("batch", kind="technical")
    for truths in ([], [copied], [gate, other], [batch, gate], [gate]):
        for codes in (groups(), shuffled()):
            data = dataset(expression=False, truths=truths, roles=planted_audit().dataset.roles)
            yield ask_truths(Request(data, judged(codes), 0), None).answer


def test_answers_speak_plainly():
    """Two or three sentences, a legal status, a next step; no word that claims more than was tested."""
    seen = set()
    for said in every_answer():
        seen.add((said.question, said.status))
        assert 2 <= len(re.findall(r"\.(?=\s|$)", said.text)) <= 3, said.text
        assert said.next_step.endswith("."), said.next_step
        assert said.sentence.endswith(".")
        for text in (said.verdict, said.text, said.next_step):
            assert not re.search(r"\b(significan\w*|real|really|true|truly)\b", text), text
    assert {status for _, status in seen} == {"answered", "mixed", "cannot tell", "not applicable"}
    assert {question for question, _ in seen} == set(QUESTIONS)
