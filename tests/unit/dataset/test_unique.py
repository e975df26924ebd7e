import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.dataset import Dataset, owners, unique_receptors
from tests.receptor_sample import receptors, table


def test_copies_within_a_donor_are_one_receptor():
    """The same chain in one donor is one receptor, in two donors it is two."""
    data = table(receptors(["CASSF"] * 3, count=[5, 2, np.nan]), donor=["a", "a", "b"])
    found, row_of = unique_receptors(data)
    assert row_of.tolist() == [0, 0, 1]
    assert found.obs["n_rows"].tolist() == [2, 1]
    assert found.obs["copies"].tolist() == [7, 1]


def test_other_genes_or_nucleotides_are_other_receptors():
    """Junctions that are equal in amino acids stay apart where V or the nucleotides differ."""
    data = table(receptors(["CASSF"] * 3, v=["A", "B", "A"], nt=["TGT", "TGT", "TGC"]))
    assert unique_receptors(data)[0].n_obs == 3


def test_several_labels_of_a_receptor_are_a_set():
    """A receptor seen with two epitopes carries both, and has no single class; unlabelled rows add nothing."""
    data = table(receptors(["CAF", "CAF", "CAF", "CWF"]), epitope=["E1", "E2", None, None])
    truth = unique_receptors(data)[0].truths["epitope"]
    assert truth.codes.tolist() == [-1, -2]
    assert truth.label_sets.toarray().tolist() == [[True, True], [False, False]]


def test_rows_without_a_junction_are_dropped_by_name():
    """Rows that have no receptor are listed in the log, and belong to none."""
    found, row_of = unique_receptors(table(receptors(["", "CAF"])))
    assert row_of.tolist() == [-1, 0]
    assert found.rows.dropped[-1].names == ("r0",)


def test_doubling_every_row_changes_nothing_but_the_counts():
    """A table with every row twice has the same receptors, labels and roles."""
    one = table(receptors(["CAF", "CWF", "CAF"]), donor=["a", "b", "b"], epitope=["E1", "E2", "E1"])
    two = table(receptors(["CAF", "CWF", "CAF"] * 2), donor=["a", "b", "b"] * 2, epitope=["E1", "E2", "E1"] * 2)
    (a, _), (b, rows) = unique_receptors(one), unique_receptors(two)
    assert a.receptors.digest == b.receptors.digest
    assert a.truths["epitope"].codes.tolist() == b.truths["epitope"].codes.tolist()
    assert rows.tolist() == [0, 1, 2, 0, 1, 2]


def test_unknown_donors_of_two_studies_are_not_one():
    """Rows without a donor are told apart by their batch."""
    data = table(receptors(["CAF"] * 3), donor=["a", None, None], batch=["s1", "s1", "s2"])
    assert len(set(owners(data).tolist())) == 3


def test_a_role_that_differs_between_copies_has_no_class():
    """A receptor of one donor seen in two batches belongs to neither."""
    data = table(receptors(["CAF", "CAF"]), donor=["a", "a"], batch=["s1", "s2"])
    assert unique_receptors(data)[0].roles.batch.codes.tolist() == [-1]


def test_data_without_receptors_are_refused():
    """Cells without receptors have none to make unique."""
    with pytest.raises(UsageError, match="no receptors"):
        unique_receptors(Dataset(pd.DataFrame(index=["a"])))
