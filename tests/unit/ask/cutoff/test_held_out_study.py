import numpy as np
import pytest

from rashomon.ask.cutoff.curve import PairCounts, likelihood_ratio, posterior
from rashomon.ask.cutoff.held_out_study import HELD_OUT_COLUMNS, held_out_table


def counts(same, background, n_same, n_background):
    """First row all studies, the others without one."""
    return PairCounts(*(np.array(each, dtype=float) for each in (same, n_same, background, n_background)))


def test_predictions_come_from_the_other_studies():
    """Of two studies, each is predicted by the fit to what is left without it, at its own prevalence."""
    given = counts([[30, 10], [20, 4], [12, 9]], [[5, 40], [4, 30], [3, 30]], [400, 300, 200], [9000, 7000, 6000])
    different, n_different = np.array([[6.0, 50.0], [4.0, 30.0], [4.0, 35.0]]), np.array([9000.0, 7000.0, 6000.0])
    table = held_out_table(given, different, n_different)
    assert list(table) == list(HELD_OUT_COLUMNS)
    rows = []
    for study in (1, 2):
        at, _ = likelihood_ratio(PairCounts(*(v[[study]] for v in vars(given).values())))
        held, other = given.same[0] - given.same[study], different[0] - different[study]
        n_held, n_other = given.n_same[0] - given.n_same[study], n_different[0] - n_different[study]
        rows += list(zip(posterior(at[0], n_held / (n_held + n_other)), held, held + other, strict=True))
    assert table["n_pairs"].sum() == sum(n for *_, n in rows)
    for _, line in table.iterrows():
        inside = [row for row in rows if line["above"] < row[0] <= line["up_to"]]
        n = sum(row[2] for row in inside)
        assert line["n_pairs"] == n
        if n:
            assert line["predicted"] == pytest.approx(sum(p * m for p, _, m in inside) / n)
            assert line["observed"] == pytest.approx(sum(same for _, same, _ in inside) / n)
        else:
            assert np.isnan(line["observed"])


def test_a_study_whose_absence_leaves_nothing_is_not_predicted():
    """Without same-label pairs among the others there is no ratio, and no row counts the pairs."""
    given = counts([[5], [0]], [[5], [5]], [50, 0], [500, 400])
    table = held_out_table(given, np.array([[3.0], [1.0]]), np.array([500.0, 400.0]))
    assert table["n_pairs"].sum() == 0
    assert table["n_studies"].sum() == 0
