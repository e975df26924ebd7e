"""Pgen of clusters: of a bounded sample, by OLGA, and only where it means something."""

from dataclasses import replace

import numpy as np

from rashomon.ask import Judged, Request
from rashomon.ask.receptor.pgen import MOST_JUNCTIONS, cluster_pgen, sampled_members
from rashomon.dataset import unique_receptors
from rashomon.sim.vdj import pgen, recombination_model
from tests.receptor_sample import receptors, table

OFTEN, RARE = ["CASSLGETQYF", "CASSLEETQYF"], ["CASSWMWMWHKETQYF", "CASSWMWHWHKETQYF"]


def request(aa, codes, *, budget="default", locus="TRB"):
    """A request about receptors and their clusters."""
    data = unique_receptors(table(receptors(aa, locus=locus), donor=[f"d{k}" for k in range(len(aa))]))[0]
    names = tuple(map(str, range(max(codes) + 1)))
    return Request(data, Judged("own", np.array(codes, dtype=np.int32), names, own=True), 3, budget=budget)


def test_the_number_of_a_cluster_is_the_median_of_olga():
    """A cluster of frequent junctions lies above one of rare ones, each the median of what OLGA says."""
    found = cluster_pgen(request([*OFTEN, *RARE], [0, 0, 1, 1]))
    model = recombination_model("human", "TRB")
    for code, junctions in enumerate((OFTEN, RARE)):
        assert found[code] == np.median(pgen(model, np.array(junctions, dtype=bytes)))
    assert found[0] > -8
    assert found[1] < found[0] - 3


def test_nothing_is_computed_where_it_is_too_dear_or_means_nothing():
    """Budget quick, heavy chains, and receptors of a species without a model."""
    asked = request(OFTEN, [0, 0])
    assert cluster_pgen(replace(asked, budget="quick")) is None
    assert cluster_pgen(request(["CARDYW", "CARDFW"], [0, 0], locus="IGH")) is None
    data = asked.dataset
    rat = replace(data, receptors=replace(data.receptors, species="rat"))
    assert cluster_pgen(replace(asked, dataset=rat)) is None


def test_a_sample_is_bounded_and_takes_large_clusters_first(rng):
    """At most five of a cluster and n_most in all; rows that cannot be read are not taken."""
    codes = np.array([0] * 3 + [1] * 20 + [2] * 2 + [-1] * 5)
    usable = np.ones(30, dtype=bool)
    usable[3:10] = False
    rows = sampled_members(codes, n_most=9, usable=usable, rng=rng)
    assert np.bincount(codes[rows], minlength=3).tolist() == [3, 5, 1]
    assert usable[rows].all()
    assert MOST_JUNCTIONS["quick"] == 0
