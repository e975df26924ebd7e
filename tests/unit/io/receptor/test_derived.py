import numpy as np

from rashomon.dataset import GeneCalls, Receptors
from rashomon.io.receptor.derived import derived_columns, multichain


def receptors(*chains):
    """Chains given as row, locus code, junction, V, count, productive."""
    obs, locus, aa, v, count, productive = zip(*chains, strict=True)
    none = GeneCalls.from_texts([""] * len(chains))
    calls = GeneCalls.from_texts(v)
    return Receptors(
        np.array(obs), np.array(locus, dtype=np.int8), np.array(aa, dtype="S"), np.array([b""] * len(chains)), calls,
        none, calls, none, none, none, np.array(count, dtype=float), np.array(productive, dtype=np.int8),
    )  # fmt: skip


def as_lists(columns):
    return {name: values.tolist() for name, values in columns.items()}


def test_the_first_chain_of_each_arm_is_described():
    """Productive before not, many copies before few; rows without chain have none."""
    found = as_lists(
        derived_columns(
            receptors(
                (0, 0, b"CAVF", "TRAV1", 5, 1),
                (0, 1, b"CASSF", "TRBV1", 9, 0),
                (0, 1, b"CASSTF", "TRBV2", 2, 1),
                (2, 1, b"CASSRQF", "TRBV3", 1, -1),
            ),
            3,
        )
    )
    assert found["v_call"] == found["TRB_v_call"] == ["TRBV2", None, "TRBV3"]
    assert found["junction_aa"] == ["CASSTF", None, "CASSRQF"]
    assert found["TRA_v_call"] == ["TRAV1", None, None]
    assert found["cdr3_length"] == ["4", None, "5"]
    assert found["j_call"] == [None, None, None]


def test_columns_of_the_user_are_never_replaced():
    """A table of chains, which has its calls, gets the length only."""
    table = receptors((0, 1, b"CASSF", "TRBV1", 1, 1))
    assert set(derived_columns(table, 1, taken={"v_call"})) == {"cdr3_length"}
    assert "TRB_v_call" not in derived_columns(table, 1, taken={"TRB_v_call"})


def test_without_a_chain_with_d_gene_the_other_is_described():
    """Data of alpha chains alone."""
    assert as_lists(derived_columns(receptors((0, 0, b"CAVF", "TRAV1", 1, 1)), 1))["v_call"] == ["TRAV1"]


def test_a_third_chain_of_an_arm_is_counted():
    """Of chains with a junction that are not known to be unproductive (B82)."""
    beta = [(0, 1, b"CASSF", "TRBV1", 1, 1)] * 3
    assert multichain(receptors(*beta), 1) == {"vj": 0, "vdj": 1}
    assert multichain(receptors(*beta[:2], (0, 1, b"CASTF", "TRBV1", 1, 0)), 1) == {"vj": 0, "vdj": 0}
