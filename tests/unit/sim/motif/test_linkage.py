import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.motif.bias import GeneBias
from rashomon.sim.motif.entangle import mutual_information
from rashomon.sim.motif.epitope import Epitope
from rashomon.sim.motif.linkage import link
from rashomon.sim.motif.motif import Motif
from rashomon.sim.stream import stream_key

KEY = stream_key(1, "link")
SHARES, DONORS = np.array([0.5, 0.3, 0.2]), np.full(5, 0.2)
ALLELES = {"B*07:02": 0.3, "A*02:01": 0.5, "DRB1*15:01": 0.2}
USAGE = {"alpha": {"TRAV1-2*01": 0.5, "TRAV27*01": 0.5}, "beta": {"TRBV9": 0.2, "TRBV19*01": 0.6, "TRBV2": 0.2}}
EPITOPES = [
    Epitope("E", "A*02:01", "beta", beta=(Motif("m", "SYG"),), v_beta=GeneBias(("TRBV19",), 0.5)),
    Epitope("F", "B*07:02", "beta", beta=(Motif("m", "SYG"),), v_beta=GeneBias(("TRBV9",), 0.5)),
    Epitope("G", "DRB1*15:01", "beta", beta=(Motif("m", "SYG"),)),
]


def linked(strength, *, epitopes=EPITOPES, alleles=ALLELES):
    """Tables at a strength."""
    return link(
        strength, epitopes, epitope_shares=SHARES, v_usage=USAGE, allele_shares=alleles, donor_shares=DONORS, key=KEY
    )


def joints(told):
    """The joint tables behind the conditional ones, with their margins: rows, columns."""
    yield SHARES[:, None] * told.v_given_epitope["alpha"], [*USAGE["alpha"].values()]
    yield SHARES[:, None] * told.v_given_epitope["beta"], [*USAGE["beta"].values()]
    yield np.array([*ALLELES.values()])[:, None] * told.epitope_given_hla, SHARES
    yield DONORS[:, None] * told.epitope_given_donor, SHARES


@pytest.mark.parametrize("strength", [0.0, 0.4, 1.0])
def test_margins_are_those_given(strength):
    """Whatever the strength, genes, epitopes, alleles and donors keep their shares, and rows sum to one."""
    for joint, columns in joints(linked(strength)):
        np.testing.assert_allclose(joint.sum(axis=0), columns, atol=1e-12)
        assert joint.sum() == pytest.approx(1)


def test_one_knob_moves_every_table():
    """At 0 nothing says anything about anything; with the strength, every table says more."""
    told = np.array([[mutual_information(joint) for joint, _ in joints(linked(s))] for s in np.linspace(0, 1, 6)])
    assert (abs(told[0]) < 1e-12).all()
    assert (np.diff(told, axis=0) > 0).all()


def test_own_alleles_and_preferred_genes_come_first():
    """At strength 1 an epitope has its allele, and its preferred gene as far as there is enough of both."""
    told = linked(1.0)
    assert told.epitope_given_hla.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
    np.testing.assert_allclose(told.v_given_epitope["beta"][0], [0, 1, 0], atol=1e-12)
    assert told.v_given_epitope["beta"][1, 0] == pytest.approx(0.2 / 0.3)


def test_tables_are_the_same_each_time():
    """The same key gives the same tables, and shares that are none are refused."""
    assert (linked(0.7).epitope_given_donor == linked(0.7).epitope_given_donor).all()
    with pytest.raises(UsageError, match=r"strength 0\.7 of 3 by 3 shares"):
        linked(0.7, alleles={**ALLELES, "A*02:01": 0.9})
