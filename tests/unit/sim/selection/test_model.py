from dataclasses import replace

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.selection.feature import KINDS, FeatureSpace
from rashomon.sim.selection.model import Selection

SPACE = FeatureSpace(n_v=2, n_j=1, max_length=6, depth=2)


@pytest.fixture
def selection(rng):
    """Three V genes in two groups and one that is never generated."""
    return Selection(
        species="human",
        locus="TRB",
        v_genes=("V1", "V2", "V3", "V4"),
        j_genes=("J1",),
        v_groups=np.array([0, 1, 1, -1], dtype=np.int32),
        j_groups=np.array([0], dtype=np.int32),
        weights={kind: rng.normal(size=shape) for kind, shape in SPACE.shapes.items()},
        log_z=0.25,
        bound=2.0,
        cut=0.01,
        n_real=10,
        n_generated=20,
    )


def test_q_is_the_sum_of_the_weights(selection):
    """Written out for one chain; genes of a group have one Q, by name, by code, and as a set."""
    w = selection.weights
    expected = w["length"][4] + w["v"][1] + w["j"][0] + w["vj"][1, 0] - 0.25
    expected += w["left"][0, 1] + w["left"][1, 0] + w["right"][0, 4] + w["right"][1, 15]
    junctions = np.array([b"CASF"] * 3)
    assert selection.log_q(junctions, ["V2", "V3*01", "V2,V3"], ["J1"] * 3) == pytest.approx([expected] * 3)
    assert selection.log_q(junctions[:2], np.array([1, 2]), np.zeros(2, dtype=int)) == pytest.approx([expected] * 2)


def test_lengths_beyond_the_table_share_its_last_entry(selection):
    """Two junctions with the same ends, one longer than the other, both too long."""
    long = selection.log_q(np.array([b"CAGGGGSF", b"CAGGGGGGSF"]), ["V1"] * 2, ["J1"] * 2)
    assert long[0] == long[1]


def test_what_the_model_does_not_know_is_nan(selection):
    """A gene that is never generated, an unknown one, genes of two groups, no call, no junction."""
    v = ["V4", "V9", "V1,V2", "", "V1"]
    junctions = np.array([b"CASF"] * 4 + [b""])
    assert np.isnan(selection.log_q(junctions, v, ["J1"] * 5)).all()


def test_lengths_must_agree(selection):
    """One call each per chain."""
    with pytest.raises(UsageError, match="2 junctions, 1 V calls and 2 J calls"):
        selection.log_q(np.array([b"CASF", b"CAF"]), ["V1"], ["J1", "J1"])


def test_tables_must_fit(selection):
    """Kinds and shapes are those of the genes."""
    with pytest.raises(UsageError, match="kinds of features are wrong"):
        replace(selection, weights={kind: selection.weights[kind] for kind in KINDS[:-1]})
    with pytest.raises(UsageError, match="do not fit the genes"):
        replace(selection, weights={**selection.weights, "v": np.zeros(3)})


def test_flat_weights_are_in_the_order_of_the_codes(selection):
    """The tables, one behind the other."""
    assert selection.flat.size == selection.space.size == SPACE.size
    assert selection.flat[SPACE.starts[1]] == selection.weights["v"][0]
