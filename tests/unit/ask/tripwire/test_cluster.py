"""Trip-wires on clusters and labels: what fires, what is healthy and looks like it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rashomon.ask import TRIPWIRES
from rashomon.ask.tripwire.cluster import numbered_by_size
from rashomon.dataset import Roles
from tests.planted import N_OBS, dataset, donor_role, donors, groups, judged, shuffled, truth
from tests.statistical.test_tripwire import doublets


def check(name, data, labels=None):
    """What a wire says with the thresholds on record."""
    return TRIPWIRES[name].check(data, labels)


def test_a_cluster_of_doublets_fires():
    """The planted cluster is named with its parents; a state between two types, at one cell's depth, is not."""
    for planted, status in ((True, "fired"), (False, "quiet")):
        found = check("doublet_mix", *doublets(np.random.default_rng(5), planted=planted))
        assert found.status == status
    found = check("doublet_mix", *doublets(np.random.default_rng(5), planted=True))
    assert found.concerned == ("7",)
    assert "of the cells of 7 hold the genes of both 0 and 1" in found.said


def test_droplets_join_cells_of_one_batch():
    """Parents processed in another batch than the cluster cannot make its doublets; in the same one they can."""
    data, labels = doublets(np.random.default_rng(5), planted=True)
    for alone, status in ((False, "fired"), (True, "quiet")):
        run = (labels.codes == 7 if alone else np.arange(data.n_obs) % 2 == 0).astype(np.int32)
        batch = truth("run", run, kind="technical", categories=("a", "b"))
        assert check("doublet_mix", replace(data, roles=Roles(batch=batch)), labels).status == status


def test_two_clusters_make_no_sum():
    """With fewer than three clusters nothing can be the sum of two others."""
    found = check("doublet_mix", dataset(), judged(np.minimum(groups(), 1)))
    assert found.status == "not computable"


def donor_case(share, *, n_donors=4):
    """Labels in which `share` of the cells of cluster 2 are donor 0's, of all donors alike elsewhere."""
    codes = np.minimum(groups(), 1).astype(np.int32)
    mine, others = np.flatnonzero(donors() == 0), np.flatnonzero(donors() != 0)
    codes[mine[:20]] = 2
    codes[others[: round(20 / share) - 20]] = 2
    role = donor_role(np.minimum(donors(), n_donors - 1).astype(np.int32), n=n_donors)
    return dataset(roles=Roles(donor=role)), judged(codes)


def test_the_cluster_of_one_donor_fires():
    """Above 90 % of a cluster from a donor with a quarter of the cells; at 80 % the wire is quiet."""
    found = check("one_donor", *donor_case(0.96))
    assert (found.status, found.concerned) == ("fired", ("2",))
    assert found.said == "95% of the 21 cells of 2 are of d0, who holds 25% of all"
    assert check("one_donor", *donor_case(0.8)).status == "quiet"


def test_one_donor_alone_owns_no_cluster():
    """With a single donor nothing can be told, and a donor with most cells fires nothing."""
    data, labels = donor_case(0.96, n_donors=1)
    assert check("one_donor", data, labels).said == "there is one donor"
    most = donor_role(np.where(np.arange(N_OBS) < 90, 0, 1).astype(np.int32), n=2)
    assert check("one_donor", dataset(roles=Roles(donor=most)), judged()).status == "quiet"


def clustering(k=8, n=N_OBS):
    """Labels numbered by size, as a clusterer numbers them."""
    codes = np.repeat(np.arange(k), np.arange(k, 0, -1) + 1)[:n]
    return np.r_[codes, np.zeros(n - codes.size, dtype=int)].astype(np.int32)


def column(name="labels", **given):
    """A label column of which nobody said what it was made from."""
    return truth(
        name, given.pop("codes", None), kind="annotation", derived_from=given.pop("derived_from", None), **given
    )


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        (column(derived_from="expression"), "declared as made from expression"),
        (column("leiden_r1"), "called like a clustering"),
        (column(codes=clustering(), categories=tuple("01234567")), "numbered by size"),
    ],
)
def test_labels_of_the_same_matrix_fire(label, reason):
    """Declared, called, or numbered like a clustering."""
    found = check("same_matrix", dataset(truths=[label]))
    assert (found.status, found.concerned) == ("fired", (label.name,))
    assert reason in found.said


def test_what_was_declared_decides():
    """A column called like a clustering, declared as made from proteins, is quiet; so is one of other names."""
    assert check("same_matrix", dataset(truths=[column("cluster", derived_from="protein")])).status == "quiet"
    assert check("same_matrix", dataset(truths=[column()])).status == "quiet"


def test_annotated_clusters_fire():
    """Labels that every cluster of a column carries whole were made from it; on other cells they were not."""
    fine = clustering()
    names = column(codes=(fine // 3).astype(np.int32))
    obs = pd.DataFrame({"leiden": fine.astype(str)}, index=dataset().obs.index)
    found = check("same_matrix", replace(dataset(truths=[names]), obs=obs))
    assert found.said == "labels: every cluster of leiden has one label, so it was made from them"
    apart = column(codes=shuffled())
    assert check("same_matrix", replace(dataset(truths=[apart]), obs=obs)).status == "quiet"
    assert check("same_matrix", dataset(truths=[names]), judged(fine, name="mine")).status == "fired"


def test_the_judged_labels_do_not_judge_themselves():
    """A truth that is the judged column is no truth beside it."""
    found = check("same_matrix", dataset(truths=[column("mine")]), judged(name="mine"))
    assert (found.status, found.concerned) == ("not computable", ())


def test_numbers_by_size():
    """Seven classes in order or more, from 0 or 1 without gaps, with or without a prefix; six can be an accident."""
    for names, expected in (
        ("01234567", True),
        ("12345678", True),
        ("23456789", False),
        ("0123456x", False),
        ("76543210", False),
    ):
        assert numbered_by_size(clustering(), tuple(names), p=0.001) is expected, names
    assert numbered_by_size(clustering(), tuple(f"c{i}" for i in range(1, 9)), p=0.001)
    assert not numbered_by_size(clustering(6), tuple("012345"), p=0.001)
    assert not numbered_by_size(clustering(1), ("0",), p=0.001)
