"""HLA types of donors."""

import numpy as np
import pandas as pd
import pytest

from rashomon.sim.repertoire_estimate.donor_hla import HLA_COLUMNS, donor_hla

DONORS = np.array([0, 0, 1, 2, -1])


def told(values, *, column="hla"):
    """Types, names and notes."""
    notes = []
    codes, names = donor_hla(pd.DataFrame({column: values}), DONORS, n_donors=3, notes=notes)
    return codes.tolist(), names, notes


@pytest.mark.parametrize("column", [*HLA_COLUMNS, "HLA", "Donor_MHC"])
def test_a_donor_keeps_its_type(column):
    """Under every name of such a column; missing values and rows without a donor say nothing."""
    codes, names, (note,) = told(["A2,B7", None, "A1", "", "A99"], column=column)
    assert (codes, names) == ([2, 1, 0], ("unknown", "A1", "A2,B7"))
    assert note == f"{column}: 2 HLA types of 2 donors, kept by donor"


def test_a_type_that_differs_within_a_donor_is_none_of_it():
    """It is what presents an epitope, and is left out, which is said."""
    codes, names, (note,) = told(["A2", "A1", "A1", "A1", "A1"])
    assert (codes, names) == ([], ())
    assert "differs within 1 donors" in note


def test_without_a_column_there_is_nothing_to_say():
    """Neither with another column, nor with an empty one, which is noted."""
    assert told(["A2"] * 5, column="peptide") == ([], (), [])
    assert told([None] * 5)[:2] == ([], ())
