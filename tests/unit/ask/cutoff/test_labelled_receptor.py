import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.ask.cutoff.labelled_receptor import LabelledReceptors, refuse_one_study
from rashomon.core import UsageError


def sets_of(codes, n_labels):
    """One label each; negative: none."""
    rows = np.flatnonzero(codes >= 0)
    return sp.csr_matrix((np.ones(rows.size, dtype=bool), (rows, codes[rows])), shape=(codes.size, n_labels))


def test_receptors_without_label_study_or_company_are_left_out_and_counted():
    """Rare labels go with the receptors that have no other; the rest keeps its order; studies are numbered anew."""
    codes = np.array([0] * 12 + [1] * 11 + [2] * 9 + [-1] * 3)
    study = np.tile([4, 9, 7], 12)[:35]
    study[0] = -2
    sets = sets_of(codes, 3).tolil()
    sets[23, 0] = True
    chosen = LabelledReceptors.choose(sp.csr_matrix(sets), study)
    assert chosen.kept.tolist() == list(range(1, 24))
    assert chosen.labels.toarray().sum(axis=0).tolist() == [12, 11]
    np.testing.assert_array_equal(np.array([4, 7, 9])[chosen.study], study[1:24])
    assert chosen.n_studies == 3
    assert chosen.notes == (
        "1 labelled receptors of unknown study were left out",
        "1 labels with fewer than 10 clonotypes were left out",
        "8 receptors have no other label and were left out with them",
    )


def test_one_label_is_not_enough():
    """Ten clonotypes each, of known study."""
    codes = np.array([0] * 12 + [1] * 10)
    study = np.arange(22) % 2
    assert LabelledReceptors.choose(sets_of(codes, 2), study).kept.size == 22
    study[-1] = -2
    with pytest.raises(UsageError, match="1 of 2 labels have 10 clonotypes or more") as caught:
        LabelledReceptors.choose(sets_of(codes, 2), study)
    assert caught.value.code == "calibrate.labels"


@pytest.mark.parametrize(("code", "n"), [(0, 1), (-2, 0)])
def test_one_study_is_not_enough(code, n):
    """Pairs are counted between studies; without a study column there is none."""
    with pytest.raises(UsageError, match=f"come from {n} known studies") as caught:
        LabelledReceptors.choose(sets_of(np.repeat([0, 1], 12), 2), np.full(24, code))
    assert caught.value.code == "calibrate.studies"


def test_a_study_with_nearly_everything_is_refused():
    """More than 80 % of the labelled receptors; 80 % are accepted."""
    sets = sets_of(np.repeat([0, 1], 25), 2)
    study = np.where(np.arange(50) % 5 == 0, 1, 0)
    assert LabelledReceptors.choose(sets, study).n_studies == 2
    study[0] = 0
    with pytest.raises(UsageError, match="one study gives 82% of the labelled receptors") as caught:
        LabelledReceptors.choose(sets, study)
    assert caught.value.code == "calibrate.one_study"
    assert "study code 0" in caught.value.where


def test_shares_up_to_four_fifths_pass():
    """The limit itself is accepted."""
    refuse_one_study(0.8, "pairs", "study 1")
    with pytest.raises(UsageError, match="81% of the pairs"):
        refuse_one_study(0.81, "pairs", "study 1")
