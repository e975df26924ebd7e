"""What the trip-wires of scores see, by hand and against others."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.ask import Request
from rashomon.ask.structure.population_record import Population
from rashomon.ask.which_score.wire import (
    border_shares,
    circular_truth,
    giant_cluster,
    nested_donors,
    null_stability,
    null_validity,
    size_gini,
    touching_clusters,
    unequal_sizes,
)
from rashomon.dataset import Roles
from tests.planted import N_OBS, dataset, donor_role, donors, groups, judged, technical, truth


def request(codes=None, *, truths=None, roles=None):
    """The planted data, without a multiverse."""
    return Request(dataset(truths=truths, roles=roles), judged(codes), 0)


def with_population(**tables):
    """A request that has a drawn population."""
    made = Population(**{name: pd.DataFrame(table) for name, table in tables.items()})
    return replace(request(), population=made)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8))
def test_gini_is_the_mean_difference(sizes):
    """Half the mean absolute difference of two sizes over their mean."""
    values = np.array(sizes, dtype=float)
    expected = np.abs(values[:, None] - values[None]).mean() / (2 * values.mean())
    assert size_gini(values) == pytest.approx(expected)


def test_unequal_sizes_name_the_largest_cluster():
    """One cluster with nearly all cells fires; planted groups do not."""
    assert unequal_sizes(request(), None, gini=0.6).status == "quiet"
    codes = np.zeros(N_OBS, dtype=np.int32)
    codes[:4] = [1, 2, 3, 4]
    found = unequal_sizes(request(codes), None, gini=0.6)
    assert (found.status, found.concerned) == ("fired", ("0",))


def test_donors_in_one_batch_each():
    """Nested donors fire, crossed ones do not, and without both columns nothing can be seen."""
    batch = technical(donors() // 2)
    nested = request(roles=Roles(donor=donor_role(), batch=batch))
    assert nested_donors(nested, None).said == "every donor is in one batch"
    crossed = request(roles=Roles(donor=donor_role(), batch=technical(np.arange(N_OBS) // 5 % 2)))
    assert nested_donors(crossed, None).status == "quiet"
    assert nested_donors(request(), None).status == "not computable"
    one = request(roles=Roles(donor=donor_role(), batch=technical(np.zeros(N_OBS))))
    assert nested_donors(one, None).status == "quiet"


def test_a_giant_cluster_is_of_receptors():
    """More than the share fires; cells are another matter."""
    assert giant_cluster(request(), None, share=0.3).said == "these are no receptors"
    receptors = request()
    made = replace(receptors, dataset=replace(receptors.dataset, item="receptor", expression=None))
    assert giant_cluster(made, None, share=0.3).status == "fired"
    assert giant_cluster(made, None, share=0.5).status == "quiet"


def test_border_cells_have_neighbours_elsewhere():
    """Two groups on a line with a gap have no border; cut in the middle of one, they have."""
    place = np.r_[np.arange(20), 1000 + np.arange(20)].astype(float)
    knn = np.argsort(np.abs(place[:, None] - place[None]), axis=1, kind="stable")[:, :6]
    gap = np.repeat([0, 1], 20)
    assert border_shares(gap, knn).tolist() == [0.0, 0.0]
    cut = np.repeat([0, 1, 2], [10, 10, 20])
    shares = border_shares(cut, knn)
    assert shares[2] == 0
    assert (shares[:2] > 0).all()
    assert np.isnan(border_shares(np.where(gap == 0, 2, -1), knn)[:2]).all()


def test_touching_clusters_need_neighbours():
    """Random neighbours fire, neighbours of the own cluster do not; without any, nothing can be seen."""
    rng = np.random.default_rng(0)
    rows = np.arange(N_OBS)
    anywhere = {"rows": rows, "knn_indices": np.c_[rows, rng.integers(0, N_OBS, (N_OBS, 10))]}
    own = np.stack([np.r_[i, rng.choice(np.flatnonzero(groups() == groups()[i]), 10)] for i in rows])
    wire = {"border": 0.15, "own": 2 / 3}
    assert touching_clusters(request(), anywhere, **wire).status == "fired"
    assert touching_clusters(request(), {"rows": rows, "knn_indices": own}, **wire).status == "quiet"
    assert touching_clusters(request(), None, **wire).status == "not computable"
    single = request(np.zeros(N_OBS, dtype=np.int32))
    assert touching_clusters(single, anywhere, **wire).said == "there is one cluster"


def test_stability_that_noise_reaches():
    """Null clusters that come back make stability useless; without draws nothing can be seen."""
    assert null_stability(request(), None, jaccard=0.75).status == "not computable"
    high = with_population(clusters={"jaccard": [0.9] * 10})
    assert null_stability(high, None, jaccard=0.75).status == "fired"
    low = with_population(clusters={"jaccard": [0.2] * 10})
    assert null_stability(low, None, jaccard=0.75).status == "quiet"
    nothing = with_population(clusters={"jaccard": [np.nan]})
    assert null_stability(nothing, None, jaccard=0.75).status == "not computable"


def test_validity_that_noise_reaches():
    """A large p fires; few draws cannot give a small one."""
    assert null_validity(request(), None, p=0.05).status == "not computable"
    data = {"labels": ["judged", "pipeline"], "p_silhouette": [np.nan, 0.5], "p_modularity": [np.nan, 0.05]}
    found = null_validity(with_population(data=data, summary={"draw": range(19)}), None, p=0.05)
    assert (found.status, found.concerned) == ("fired", ("silhouette",))
    few = null_validity(with_population(data=data, summary={"draw": range(5)}), None, p=0.05)
    assert few.said == "5 draws cannot give a p below 0.05"
    quiet = {**data, "p_silhouette": [np.nan, 0.05]}
    made = with_population(data=quiet, summary={"draw": range(19)})
    assert null_validity(made, None, p=0.05).status == "quiet"


def test_labels_from_the_same_matrix():
    """As declared; technical columns are no truths."""
    assert circular_truth(request(), None).status == "quiet"
    found = circular_truth(request(truths=[truth(derived_from="expression")]), None)
    assert (found.status, found.concerned) == ("fired", ("type",))
    assert circular_truth(request(truths=[technical(donors())]), None).status == "not computable"
