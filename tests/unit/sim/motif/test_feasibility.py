import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.score.rate import exact_interval
from rashomon.sim.motif.background import Background
from rashomon.sim.motif.epitope import Epitope
from rashomon.sim.motif.feasibility import FEASIBILITY_COLUMNS, Repertoires, feasibility
from rashomon.sim.motif.motif import Motif

# of 1,000 receptors of 13 residues, 10 carry YWG and 100 carry RMH
TEXTS = np.array(10 * [b"CASSYWGTEAQYF"] + 100 * [b"CASSRMHTEAQYF"] + 890 * [b"CASSLLLTEAQYF"])
RARE, COMMON, HALF = Motif("rare", "YWG"), Motif("common", "RMH"), Motif("half", "LLL")
BACKGROUND = Background(TEXTS, v_keep=4, j_keep=5)
DONORS = Repertoires(10, {"A*02:01": 4, "B*07:02": 0, "B*08:01": 1}, clones_per_donor=1000, binder_share=0.1)


def table(epitope, *, background=BACKGROUND, donors=DONORS):
    """The report of one epitope on equal chains."""
    return feasibility([epitope], {"alpha": background, "beta": background}, repertoires=donors)


def test_expected_counts_are_products():
    """Planted clones are binders by share of the motif by room; accidental ones are the rest by the rate."""
    found = table(Epitope("E", "A*02:01", "beta", beta=(RARE, COMMON), orphan_share=0.6))
    assert list(found.columns) == list(FEASIBILITY_COLUMNS)
    assert found["rate"].tolist() == [0.01, 0.1]
    assert found["planted"].tolist() == pytest.approx([20.0, 20.0])
    assert found["accidental"].tolist() == pytest.approx([960 * 0.01, 960 * 0.1])
    high = exact_interval(10, 1000)[1]
    assert found["accidental_high"][0] == pytest.approx(960 * high)
    assert found["ratio"][0] == pytest.approx(20 / (960 * high))
    assert found["verdict"].tolist() == ["feasible", "drowned"]


def test_pairs_have_halves_and_decoys():
    """A half is carried by as many binders as decoys in proportion; both by accident are rarer than either."""
    found = table(Epitope("E", "A*02:01", "pair", (RARE,), (HALF,), orphan_share=0.5)).set_index("arm")
    assert found.index.tolist() == ["alpha", "beta", "pair"]
    assert found.loc["alpha", ["planted", "decoys"]].tolist() == pytest.approx([50, 450])
    assert found.loc["pair", "motif"] == "rare + half"
    assert found.loc["pair", "rate"] == pytest.approx(0.01 * 0.89)
    # half alphas with a beta by accident, half betas with an alpha by accident, and orphans with both
    assert found.loc["pair", "accidental"] == pytest.approx(450 * 0.89 + 450 * 0.01 + 50 * 0.01 * 0.89)
    assert found.loc["pair", "room"] == 1.0


@pytest.mark.parametrize(
    ("given", "background", "verdict", "reason"),
    [
        ({"hla": "B*07:02"}, BACKGROUND, "no carriers", "none of 10 donors carries"),
        ({"hla": "B*44:02"}, BACKGROUND, "no carriers", "none of 10 donors carries"),
        ({"orphan_share": 0.99}, BACKGROUND, "too few", "4.0 planted clones expected in 4 donors"),
        ({}, Background(TEXTS, v_keep=6, j_keep=6), "no room", "is long enough"),
        ({}, Background(TEXTS[110:120], v_keep=4, j_keep=5), "cannot tell", "10 background receptors cannot exclude"),
        ({"hla": "B*08:01"}, BACKGROUND, "feasible", "with one donor, epitope and donor cannot be told apart"),
    ],
)
def test_verdicts_have_reasons(given, background, verdict, reason):
    """Each way of failing has its verdict, with the numbers behind it."""
    told = {"hla": "A*02:01", "orphan_share": 0.5, **given}
    found = table(Epitope("E", arm="beta", beta=(RARE,), **told), background=background)
    assert found["verdict"].tolist() == [verdict]
    assert reason in found["reason"][0]


def test_genes_that_nobody_has_leave_no_room():
    """A motif beside a gene that the background lacks cannot be planted, and its room is not a number."""
    background = Background(TEXTS, np.full(1000, "TRBV2"), v_keep=4, j_keep=5)
    found = table(
        Epitope("E", "A*02:01", "beta", beta=(Motif("m", "YWG", v_genes=("TRBV19",)),)), background=background
    )
    assert found["verdict"].tolist() == ["no room"]
    assert "has its genes" in found["reason"][0]
    assert found["room"].isna().all()
    both = Epitope("E", "A*02:01", "beta", beta=(Motif("m", "YWG", v_genes=("TRBV19",)), RARE))
    assert table(both, background=background)["accidental"].iloc[1] == pytest.approx((1000 - 15) * 0.01)


def test_a_missing_background_is_refused():
    """A chain with motifs needs receptors to search."""
    epitope = Epitope("E", "A*02:01", "beta", beta=(RARE,))
    with pytest.raises(UsageError, match="'rare' is in beta, of which there is no background"):
        feasibility([epitope], {"alpha": BACKGROUND}, repertoires=DONORS)
    assert len(feasibility([epitope], {"beta": BACKGROUND}, repertoires=DONORS)) == 1


@pytest.mark.parametrize(
    "given", [{"n_donors": 0}, {"clones_per_donor": 0}, {"binder_share": 0.0}, {"carriers": {"A*02:01": 9}}]
)
def test_impossible_donors_are_refused(given):
    """No donors, no clones, no binders, and more carriers than donors are refused."""
    told = {"n_donors": 5, "carriers": {}, "clones_per_donor": 10, "binder_share": 0.5, **given}
    with pytest.raises(UsageError, match="donors with"):
        Repertoires(**told)
