import numpy as np
import pytest
import tidytcells
from scipy.stats import chisquare

from rashomon.core import UsageError
from rashomon.sim.hla import HLA_ALLELES, HLA_LOCI, carriers, draw_hla, hla_class, lineage_of
from rashomon.sim.stream import stream_key

KEY = stream_key(1, "hla")


def test_alleles_are_real_and_of_their_class():
    """Every allele is known to tidytcells, at two fields, with the class that it gives."""
    for name in HLA_ALLELES:
        standard = tidytcells.mh.standardize(f"HLA-{name}", species="homosapiens", precision="protein")
        told = getattr(standard, "symbol", standard)
        assert told == f"HLA-{name}"
        assert tidytcells.mh.get_class(f"HLA-{name}") == {"I": 1, "II": 2}[hla_class(name)]


def test_frequencies_leave_room_for_other_alleles():
    """At each locus the listed alleles cover most chromosomes, not all; each is on at least 1 %."""
    for locus in HLA_LOCI:
        shares = [each.frequency for each in HLA_ALLELES.values() if each.locus == locus]
        assert 0.85 < sum(shares) < 1
        assert min(shares) >= 0.01


def test_alleles_are_drawn_with_their_frequencies():
    """Chromosomes carry alleles with their frequencies, others included; the two of a donor are independent."""
    alleles = draw_hla(KEY, np.arange(20_000))
    assert alleles.shape == (20_000, 3, 2)
    records = list(HLA_ALLELES.values())
    for place, locus in enumerate(HLA_LOCI):
        codes = [code for code, each in enumerate(records) if each.locus == locus]
        expected = np.array([records[code].frequency for code in codes])
        seen = np.array([(alleles[:, place] == code).sum() for code in [*codes, -1]])
        assert seen.sum() == 40_000
        assert chisquare(seen, 40_000 * np.append(expected, 1 - expected.sum())).pvalue > 1e-4
    p = HLA_ALLELES["A*02:01"].frequency
    assert carriers(alleles, "A*02:01").mean() == pytest.approx(1 - (1 - p) ** 2, abs=0.015)


def test_donors_are_drawn_alone():
    """The alleles of a donor do not depend on the others."""
    alleles = draw_hla(KEY, np.arange(100))
    assert (draw_hla(KEY, np.array([99, 4])) == alleles[[99, 4]]).all()


def test_class_fixes_the_lineage():
    """Class I is CD8, class II is CD4; unresolved names are refused."""
    assert [lineage_of(name) for name in ("C*07:01", "DQB1*06:02")] == ["CD8", "CD4"]
    for name in ("A*02", "HLA-A*02:01", "A2", "DRB1*15"):
        with pytest.raises(UsageError, match="is no allele at two fields"):
            hla_class(name)


def test_unknown_alleles_are_named_with_the_nearest():
    """Asking for carriers of an allele that is not in the table names the nearest one."""
    with pytest.raises(UsageError, match=r"did you mean 'A\*02:01'"):
        carriers(np.zeros((1, 3, 2), dtype=np.int16), "A*02:0")
    assert HLA_ALLELES["DRB1*15:01"].summary == "Class II, on 15.6% of chromosomes."
