"""Receptors that enter a fit."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.repertoire_estimate.used import FEWEST_OF_LABEL, choose_receptors
from tests.made_receptor_table import frame, table


def test_receptors_are_unique_with_label_and_donor():
    """Labels in their order, the unlabelled last; copies are those of the table."""
    dataset = table()
    used = choose_receptors(dataset, "epitope")
    assert (used.labels, used.donor_names, used.loci) == (("cmv", "flu"), ("ann", "bob"), {"vdj": "TRB"})
    assert used.copies.sum() == dataset.obs["duplicate_count"].astype(float).sum()
    aa = used.receptors.junction_aa[used.chains["vdj"]]
    label = dict(zip(frame()["junction_aa"], frame()["epitope"], strict=True))
    wanted = [{"cmv": 0, "flu": 1, "": 2}[label[word.decode()]] for word in aa]
    assert np.mean(used.rows == wanted) > 0.97


def test_a_null_has_no_labels():
    """All receptors are in the one row."""
    used = choose_receptors(table(), "epitope", null=True)
    assert (used.labels, used.n_rows, set(used.rows.tolist())) == ((), 1, {0})


def test_rare_labels_count_as_unlabelled():
    """A label of nine receptors is no class, and the notes say so."""
    rare = frame()["epitope"].where(np.arange(360) > FEWEST_OF_LABEL - 2, "rare")
    used = choose_receptors(table(epitope=rare), "epitope")
    assert used.labels == ("cmv", "flu")
    assert any("1 labels of fewer than 10 receptors" in note for note in used.notes)


def test_one_donor_where_no_column_says_more():
    """It is said."""
    used = choose_receptors(table().__class__(table().obs, receptors=table().receptors, item="row"))
    assert used.donor_names == ("donor_1",)
    assert any("all receptors are of one donor" in note for note in used.notes)


@pytest.mark.parametrize(
    ("labels", "options", "changes", "what"),
    [
        ("nothing", {}, {}, "no column 'nothing'"),
        ("epitope", {}, {"epitope": ["flu"] * 100 + ["cmv"] * 9 + [""] * 251}, "1 classes"),
        ("epitope", {"batch_key": "plate"}, {name: frame()["epitope"].replace("", "flu") for name in (
            "epitope", "plate")}, "cannot be told from plate"),
        ("epitope", {"donor_key": "plate"}, {"plate": frame()["epitope"]}, "cannot be told from plate"),
        (None, {}, {"productive": ["F"] * 300 + ["T"] * 60}, "5[0-9] receptors are too few"),
    ],
)  # fmt: skip
def test_what_has_no_twin_is_refused(labels, options, changes, what):
    """No column, one class, labels that batches or donors decide, too few receptors."""
    with pytest.raises(UsageError, match=what):
        choose_receptors(table(**changes), labels, **options)


def test_chains_without_a_model_are_refused():
    """Antibodies have no twin of receptors."""
    with pytest.raises(UsageError, match="no twin can be fitted to human IGH"):
        choose_receptors(table(locus="IGH", v_call="IGHV3-23", j_call="IGHJ4"))
