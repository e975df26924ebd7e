import pytest

from rashomon.core import UsageError
from rashomon.sim.motif.epitope import Epitope
from rashomon.sim.motif.motif import Motif

A, B = Motif("a", "SYG"), Motif("b", "RTW")


@pytest.mark.parametrize(("hla", "told"), [("B*07:02", ("I", "CD8")), ("DRB1*15:01", ("II", "CD4"))])
def test_the_allele_fixes_class_and_lineage(hla, told):
    """Class I means CD8 and class II CD4; there is no way to say otherwise."""
    epitope = Epitope("E", hla, "alpha", alpha=(A,))
    assert (epitope.mhc_class, epitope.lineage) == told


@pytest.mark.parametrize(
    ("arm", "alpha", "beta"),
    [
        ("alpha", (A,), (B,)),
        ("beta", (A,), ()),
        ("both", (A,), ()),
        ("pair", (), (B,)),
        ("alpha", (), ()),
        ("pair", (A, B), (B,)),
        ("gamma", (A,), ()),
    ],
)
def test_motifs_are_where_the_signal_is(arm, alpha, beta):
    """Motifs in a chain without signal, chains without motifs, halves without partner and unknown arms are refused."""
    with pytest.raises(UsageError, match=r"motifs|unknown arm"):
        Epitope("E", "A*02:01", arm, alpha, beta)


@pytest.mark.parametrize(
    "given", [{"orphan_share": 0.4}, {"orphan_share": 1.0}, {"false_positive": 1.0}, {"false_negative": -0.1}]
)
def test_shares_out_of_range_are_refused(given):
    """Orphans are half of the binders or more, never all; labels are not all wrong."""
    with pytest.raises(UsageError, match=next(iter(given))):
        Epitope("E", "A*02:01", "both", (A,), (B,), **given)


def test_unresolved_alleles_are_refused():
    """An allele at one field does not say what presents."""
    with pytest.raises(UsageError, match=r"'A\*02' is no allele at two fields"):
        Epitope("E", "A*02", "beta", beta=(B,))
    assert Epitope("E", "A*02:01", "beta", beta=(B,), orphan_share=0.6).motif_share == pytest.approx(0.4)
