"""Donors: alleles, who responds, who is ill."""

import numpy as np
import pytest
from scipy import stats

from rashomon.sim import World
from rashomon.sim.hla import HLA_ALLELES, carriers

KNOBS = {"n_donors": 600, "n_epitopes": 3, "entanglement": 1.0, "selection": "none"}


def tables(**changes):
    return World("donors", {**KNOBS, **changes}, parts=("receptors",)).scene(10, root=4)


def test_alleles_have_their_frequencies():
    """Two chromosomes of each donor carry an allele as often as the table says."""
    code = list(HLA_ALLELES).index("A*02:01")
    found = (tables()["hla"] == code).sum()
    assert stats.binomtest(int(found), 1200, HLA_ALLELES["A*02:01"].frequency).pvalue > 1e-3


@pytest.mark.parametrize("restriction", [0.0, 0.4, 1.0])
def test_others_respond_as_rarely_as_said(restriction):
    """Carriers respond always, others with probability 1 - hla_restriction."""
    scene = tables(hla_restriction=restriction)
    for number, epitope in enumerate(scene["epitope_signal"]):
        bears, responds = carriers(scene["hla"], epitope.hla), scene["responder"][:, number]
        assert responds[bears].all()
        n = int((~bears).sum())
        assert stats.binomtest(int(responds[~bears].sum()), n, 1 - restriction).pvalue > 1e-3


@pytest.mark.parametrize(("share", "decided"), [(0.25, 0.0), (0.25, 0.6), (0.9, 1.0), (1.0, 0.5)])
def test_the_share_of_the_ill_is_exact(share, decided):
    """However status is decided, as many donors are ill as said."""
    assert tables(disease_share=share, disease_hla=decided)["status"].sum() == round(600 * share)


def test_without_epitopes_status_is_chance():
    """No allele can decide what no epitope needs; donors respond to nothing."""
    scene = tables(n_epitopes=0, entanglement=0.0, disease_share=0.5)
    assert scene["responder"].shape == (600, 0)
    assert scene["status"].sum() == 300


def test_donors_do_not_depend_on_how_many_there_are():
    """The alleles of the first donors are the same in a larger world."""
    np.testing.assert_array_equal(tables()["hla"][:50], tables(n_donors=50)["hla"])
