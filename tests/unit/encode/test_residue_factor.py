import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.encode.packed import AMINO_ACIDS
from rashomon.encode.residue_factor import FACTORS, ResidueFactor

DIGESTS = {
    "atchley": "fb6ea5c1347361fc0b858b199d05637cfc3bf26c1c5150c5fe2445d5a814ffe5",
    "kidera": "d2d30a1bbd3187f94447cc46276db1038a12c004f25043065e988cd0e01b5382",
    "physical": "7f3d5d5aa8ff7fbe317ccd8b6200e6c4d6e96a3347cc2a1fd12de1fd9e18a47e",
}


def column(name, factor):
    """One factor by amino acid."""
    table = FACTORS[name]
    return dict(zip(AMINO_ACIDS, table.matrix[:, table.factors.index(factor)], strict=True))


def test_numbers_are_those_that_were_compared_with_other_copies():
    """The tables are, digit by digit, those that agreed with independent copies of the published ones."""
    assert {name: table.digest for name, table in FACTORS.items()} == DIGESTS


def test_kidera_factors_are_standardised_and_uncorrelated():
    """As published: mean 0, standard deviation 1, and no two factors correlated, up to rounding to two digits."""
    values = FACTORS["kidera"].matrix
    np.testing.assert_allclose(values.mean(axis=0), 0, atol=0.0015)
    np.testing.assert_allclose(values.std(axis=0), 1, atol=0.003)
    np.testing.assert_allclose(np.corrcoef(values.T), np.eye(10), atol=0.004)


def test_atchley_factors_have_mean_zero():
    """As published: mean 0 up to rounding to three digits; a wrong sign or digit would show."""
    np.testing.assert_allclose(FACTORS["atchley"].matrix.mean(axis=0), 0, atol=0.0005)


def test_atchley_factors_mean_what_they_say():
    """Charged residues are the most polar, and cysteine is the least."""
    polarity = column("atchley", "polarity")
    order = sorted(polarity, key=polarity.get)
    assert order[0] == "C"
    assert {*order[-4:]} == set("KREDN") - {"N"}
    values = FACTORS["atchley"].matrix
    assert np.corrcoef(values[:, 2], values[:, 4])[0, 1] == pytest.approx(0.83, abs=0.005)


def test_physical_factors_are_standardised():
    """Units of different size are made comparable, and keep the order of the published scales."""
    values = FACTORS["physical"].matrix
    np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(values.std(axis=0), 1, atol=1e-12)
    hydropathy, volume = column("physical", "hydropathy"), column("physical", "volume")
    assert (max(hydropathy, key=hydropathy.get), min(hydropathy, key=hydropathy.get)) == ("I", "R")
    assert (max(volume, key=volume.get), min(volume, key=volume.get)) == ("W", "G")


@pytest.mark.parametrize("table", ["A 1\nC 2", "\n".join(f"{a} 1 2" for a in AMINO_ACIDS)])
def test_tables_that_do_not_fit_are_refused(table):
    """A missing amino acid or another number of columns is an error."""
    with pytest.raises(UsageError, match="does not fit"):
        ResidueFactor("mine", ("one",), table, "Mine.")
