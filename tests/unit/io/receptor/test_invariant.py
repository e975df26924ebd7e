import pytest

from rashomon.io.receptor.invariant import invariant_flags, invariant_obs
from rashomon.io.receptor.repair import receptors_of
from tests.chain_sample import chain_table

MAIT = ("TRAV1-2*01", "TRAJ33", "CAVRDSNYQLIW")
INKT = ("TRAV10", "TRAJ18*01", "CVVSDRGSTLGRLYF")
BETA, OTHER_BETA = ("TRBV25-1", "TRBJ2-7", "CASSEYEQYF"), ("TRBV9", "TRBJ2-7", "CASSEYEQYF")


def receptors(*chains, obs=None, species="human"):
    """Return the receptors of some chains."""
    v, j, aa = zip(*chains, strict=True)
    return receptors_of(chain_table(v_call=v, j_call=j, junction_aa=aa, obs=obs), species=species)[0]


@pytest.mark.parametrize(
    ("chain", "flag"),
    [
        (MAIT, "mait_like"),
        (("TRAV1-2", "TRAJ20", "CAVRSNDYKLSF"), "mait_like"),
        (("TRAV1-2", "TRAJ12", "CAVMDSSYKLIF"), "mait_like"),
        (INKT, "inkt_like"),
        (("TRAV1-2", "TRAJ33", "CAVRRDSNYQLIW"), None),
        (("TRAV1-1", "TRAJ33", "CAVRDSNYQLIW"), None),
        (("TRAV1-2", "TRAJ30", "CAVRDSNYQLIW"), None),
        (("", "", "CAVRDSNYQLIW"), None),
        (("TRAV10", "TRAJ18", "CVVSDRGSTLF"), None),
    ],
)
def test_v_j_and_length_decide(chain, flag):
    """Never the junction alone."""
    found = receptors(chain, BETA, obs=[0, 1]).flags
    assert [name for name in ("mait_like", "inkt_like") if found[name].any()] == ([flag] if flag else [])


def test_inkt_needs_its_beta_chain_where_one_is_known():
    """Of human; the flag is that of the alpha chain."""
    alone, right, wrong = (receptors(INKT, *beta, obs=[0] * (1 + len(beta))) for beta in ((), (BETA,), (OTHER_BETA,)))
    assert [each.flags["inkt_like"].tolist() for each in (alone, right, wrong)] == [[True], [True, False], [False] * 2]
    two = receptors(INKT, OTHER_BETA, BETA, obs=[0, 0, 0])
    assert two.flags["inkt_like"].tolist() == [True, False, False]


def test_mouse_has_its_own():
    """TRAV11 with TRAJ18; and TRAV1-2 of human is not TRAV1."""
    found = receptors(
        ("TRAV11*01", "TRAJ18*01", "CVVGDRGSALGRLHF"), ("TRAV1", "TRAJ33", "CAVRDSNYQLIW"), species="mouse"
    )
    assert found.flags["inkt_like"].tolist() == [True, False]
    assert found.flags["mait_like"].tolist() == [False, True]


def test_rows_are_named():
    """Also where the flags are not there yet."""
    found = receptors(MAIT, INKT, BETA, OTHER_BETA, obs=[0, 2, 2, 3])
    assert invariant_obs(found, 5).tolist() == ["MAIT-like", "", "iNKT-like", "", ""]
    flags = invariant_flags(found)
    assert all((flags[name] == found.flags[name]).all() for name in flags)
