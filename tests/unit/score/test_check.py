"""Every score of ours keeps the laws, and a record or function that breaks one is told which."""

from dataclasses import replace

import numpy as np
import pytest

from rashomon.score import SCORES, check_score
from rashomon.score.rand import adjusted_rand
from rashomon.score.silhouette import mean_silhouette

HERE = "tests.unit.score.test_check"
ARI, HOMOGENEITY, SILHOUETTE = (SCORES[name] for name in ("ari", "homogeneity", "silhouette"))


def doubled_ari(table):
    return 2 * adjusted_rand(table)


def turned_ari(table):
    return -adjusted_rand(table)


def shifted_ari(table):
    return 0.5 + adjusted_rand(table) / 2


def noisy_ari(table):
    return adjusted_rand(table) + np.random.default_rng().normal() * 1e-3


def drawing_ari(table):
    np.random.random()  # noqa: NPY002 - what is to be found
    return adjusted_rand(table)


def spoiling_ari(table):
    value = adjusted_rand(table)
    table.count[:] = 0
    return value


def first_cluster(table):
    """Depends on which cluster has the lowest code."""
    return float(table.row_size[0] / table.n_obs)


def first_of_the_largest(table):
    """Depends on the codes only where two classes are equally large."""
    largest = np.argmax(table.col_size)
    return float(table.count[table.col == largest].max() / table.col_size[largest])


def first_item(labels, view, unassigned):
    """Depends on which item comes first."""
    return mean_silhouette(labels, view, unassigned=unassigned) * float(np.exp(-(view[0, 0] ** 2)))


def all_items(labels, view, unassigned):
    """Looks at items that were not observed."""
    return mean_silhouette(labels, view, unassigned=unassigned) / (1 + float((view**2).mean()))


def deaf(labels, view, unassigned):
    """Takes unassigned items for singletons, whatever is asked."""
    return mean_silhouette(labels, view, unassigned="singletons")


def spoiling_silhouette(labels, view, unassigned):
    value = mean_silhouette(labels, view, unassigned=unassigned)
    view *= 2
    return value


def sometimes_nothing(table):
    return float("nan") if table.n_obs < 8 else adjusted_rand(table)


def fails(table):
    return table.absent


def made(function, record=ARI, **changes):
    return replace(record, name=function, function=f"{HERE}:{function}", bulk="", together="", **changes)


BROKEN = {
    "runs": [made("fails"), replace(ARI, function="no_such_module:f", bulk="")],
    "same twice": [made("noisy_ari")],
    "global random": [made("drawing_ari")],
    "input": [made("spoiling_ari"), made("spoiling_silhouette", SILHOUETTE)],
    "names of clusters": [made("first_cluster"), made("first_of_the_largest")],
    "order of items": [made("first_item", SILHOUETTE)],
    "unobserved items": [made("all_items", SILHOUETTE)],
    "left out": [made("deaf", SILHOUETTE)],
    "range": [made("doubled_ari"), replace(ARI, range=(0.0, 1.0))],
    "undefined": [replace(HOMOGENEITY, undefined=HOMOGENEITY.undefined[:1]), made("sometimes_nothing")],
    "best": [made("shifted_ari", range=(0.0, 2.0)), replace(ARI, range=(-1.0, 2.0))],
    "direction": [made("turned_ari"), replace(SILHOUETTE, direction=-1), replace(SCORES["bras"], direction=-1)],
    "symmetric": [
        replace(ARI, symmetric=False),
        replace(HOMOGENEITY, symmetric=True),
        replace(SILHOUETTE, symmetric=True),
    ],
    "duplication_invariant": [
        replace(record, duplication_invariant=not record.duplication_invariant) for record in (ARI, HOMOGENEITY)
    ],
    "chance": [replace(ARI, chance=0.2), replace(ARI, chance=None), replace(HOMOGENEITY, chance=0.0)],
    "chance_corrected": [replace(ARI, chance_corrected=False), replace(HOMOGENEITY, chance_corrected=True)],
    "bulk": [replace(ARI, bulk=SCORES["nmi"].bulk)],
}


@pytest.mark.parametrize("record", SCORES.values(), ids=lambda record: record.name)
def test_every_score_of_ours_passes(record):
    """No law is broken."""
    assert check_score(record) == []


@pytest.mark.parametrize(
    ("law", "record"),
    [
        pytest.param(law, record, id=f"{law}-{record.name}-{place}")
        for law, records in BROKEN.items()
        for place, record in enumerate(records)
    ],
)
def test_a_broken_law_is_named(law, record):
    """One of the sentences begins with the law; what is declared of the rest of the record still holds."""
    assert law in [sentence.partition(": ")[0] for sentence in check_score(record)]


def test_a_wrong_declaration_breaks_one_law_only():
    """The sentence gives what was declared, or what to declare."""
    assert check_score(replace(ARI, symmetric=False)) == [
        "symmetric: no pair of labelings of four items changes when swapped: declare symmetric=True"
    ]
    (sentence,) = check_score(replace(ARI, chance_corrected=False))
    assert sentence.endswith("declare chance_corrected=True")
    (sentence,) = check_score(replace(ARI, range=(0.0, 1.0)))
    assert "is not in 0 to 1 (a = [" in sentence


def test_a_function_that_cannot_be_called_is_told_only_that():
    """What it raises is the one finding."""
    found = check_score(made("fails"))
    assert found == ["runs: it fails with AttributeError: 'Contingency' object has no attribute 'absent'"]


def test_the_answer_is_the_same_in_every_call():
    """Examples are drawn from streams with names; no caller brings random numbers."""
    record = made("first_cluster")
    assert check_score(record) == check_score(record)
