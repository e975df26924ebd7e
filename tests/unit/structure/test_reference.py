"""The shipped tables of the largest dip."""

import sys
from pathlib import Path

import numpy as np
import pytest

from rashomon.core import RashomonError
from rashomon.structure.direction import largest_dip
from rashomon.structure.reference import REFERENCES, dip_p, dip_reference, reference_draw, tabulated

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"

PUBLISHED = {
    # the quantiles .90, .95 and .98 of the dip of uniform samples, from 1,000,001 draws: the table qDiptab of diptest
    10: (0.130462, 0.139611, 0.150962),
    20: (0.0972346, 0.1051302, 0.1143097),
    50: (0.0649136, 0.0702738, 0.0767096),
    100: (0.0471528, 0.0511279, 0.0558022),
    200: (0.0339968, 0.0368418, 0.0402730),
    1000: (0.0156148, 0.0169344, 0.0185131),
    5000: (0.00705566, 0.00765064, 0.00836822),
}


@pytest.mark.parametrize("n", PUBLISHED)
def test_one_uniform_column_has_the_published_quantiles(n):
    """The plain dip of a uniform sample has the p-values of a published table, to five standard errors."""
    draws = tabulated().query("reference == 'uniform' and k == 1 and n == @n")["draws"].item()
    for value, p in zip(PUBLISHED[n], (0.1, 0.05, 0.02), strict=True):
        assert dip_p(value, n=n, k=1) == pytest.approx(p, abs=5 * np.sqrt(p * (1 - p) / draws))


def test_every_cell_of_the_table_has_draws():
    """Every cell counts its draws; six columns, which decide, have the most; both references have the same cells."""
    cells = tabulated()
    assert not cells.duplicated(["reference", "k", "n"]).any()
    assert (cells["draws"] >= 1000).all()
    places = cells[["reference", "k", "n"]]
    sides = [places[cells["reference"] == name].drop(columns="reference").reset_index(drop=True) for name in REFERENCES]
    assert sides[0].equals(sides[1])
    assert {1, 4, 6, 8, 10} <= set(cells["k"])


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize(("n", "k"), [(50, 6), (400, 4), (700, 6), (9000, 10), (25, 1)])
def test_p_falls_with_the_dip(reference, n, k):
    """A larger dip never has a larger p, which runs from 1 to 1 / (draws + 1)."""
    p = [dip_p(value, n=n, k=k, reference=reference) for value in np.linspace(0, 0.25, 200)]
    assert p[0] == 1.0
    assert 0 < p[-1] <= 1 / 1001 + 1e-9
    assert (np.diff(p) <= 0).all()


def test_p_counts_the_draws_that_are_at_least_as_large():
    """At a stored quantile, p is (1 + #) / (draws + 1)."""
    table = dip_reference()
    row = int(table.cells.query("reference == 'uniform' and k == 6 and n == 400").index[0])
    draws = table.cells["draws"].iloc[row]
    for at in (0, 3, 10):
        value = table.quantiles[row, at] / np.sqrt(400)
        assert dip_p(value, n=400, k=6) == pytest.approx((2 + at) / (draws + 1), rel=1e-3)


def test_between_sizes_p_lies_between():
    """Interpolation stays between the two tabulated sizes, on the scale of sqrt(n) times dip, and meets them."""
    scaled = 0.6
    p = [dip_p(scaled / np.sqrt(n), n=n, k=6) for n in (100, 101, 150, 199, 200)]
    assert min(p[0], p[-1]) <= min(p[1:4]) <= max(p[1:4]) <= max(p[0], p[-1])
    assert p[1] == pytest.approx(p[0], rel=0.05)
    assert p[3] == pytest.approx(p[-1], rel=0.05)


def test_beyond_the_largest_size_its_row_is_used():
    """More cells than tabulated are read in the last row, at equal sqrt(n) times dip."""
    largest = tabulated().query("k == 6")["n"].max()
    expected = dip_p(0.55 / np.sqrt(largest), n=largest, k=6)
    assert dip_p(0.55 / 1000, n=10**6, k=6) == pytest.approx(expected)


def test_columns_between_tabulated_ones_take_the_larger():
    """Seven columns are read as eight, whose dips are larger."""
    assert dip_p(0.03, n=400, k=7) == dip_p(0.03, n=400, k=8)
    assert dip_p(0.028, n=400, k=4) < dip_p(0.028, n=400, k=6) < dip_p(0.028, n=400, k=10)


def test_the_uniform_reference_is_the_more_demanding():
    """Anything that the uniform reference rejects, the Gaussian one rejects."""
    for n in (100, 400, 2500):
        value = 0.6 / np.sqrt(n)
        assert dip_p(value, n=n, k=6, reference="gaussian") <= dip_p(value, n=n, k=6)


def test_draws_follow_the_table(rng):
    """Of 200 new draws, about as many as the table says exceed its median and its upper tenth."""
    for reference in REFERENCES:
        draws = [reference_draw(100, 4, reference=reference, rng=rng) for _ in range(200)]
        p = np.array([dip_p(draw / 10, n=100, k=4, reference=reference) for draw in draws])
        # six standard errors
        assert abs((p <= 0.5).mean() - 0.5) < 0.21
        assert abs((p <= 0.1).mean() - 0.1) < 0.13


def test_undefined_dips_have_no_p():
    """NaN stays NaN."""
    assert np.isnan(dip_p(float("nan"), n=400, k=6))


def test_refuses_what_is_not_tabulated():
    """Too many columns, too few cells and unknown references are refused, each with what there is."""
    with pytest.raises(RashomonError, match="no table for 11 columns"):
        dip_p(0.1, n=400, k=11)
    with pytest.raises(RashomonError, match="no table for 49 cells"):
        dip_p(0.1, n=49, k=6)
    with pytest.raises(RashomonError, match="unknown reference 'gauss'"):
        dip_p(0.1, n=400, k=6, reference="gauss")


def test_the_script_makes_the_same_table_again(tmp_path, monkeypatch):
    """The script writes what it drew; blocks that exist are kept; the routine is the one shipped."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    monkeypatch.setattr(sys, "argv", ["script"])
    import make_dip_reference as script

    monkeypatch.setattr(script, "BLOCK", 30)
    for reference in REFERENCES:
        for block in (0, 1):
            script.draw_block(50, 2, reference=reference, block=block, folder=tmp_path)
    made = script.table(tmp_path)
    assert made["draws"].tolist() == [60, 60]
    draws = np.concatenate([np.load(tmp_path / f"uniform_2_50_{block}.npy") for block in (0, 1)])
    assert made["quantiles"][1, 0] == pytest.approx(draws.max())
    assert made["p"][1, 0] == pytest.approx(2 / 61)
    before = (tmp_path / "uniform_2_50_0.npy").stat().st_mtime_ns
    script.draw_block(50, 2, reference="uniform", block=0, folder=tmp_path)
    assert (tmp_path / "uniform_2_50_0.npy").stat().st_mtime_ns == before
    assert dip_reference().about["rounds of FastICA"] == script.N_ROUNDS


def test_a_draw_searches_as_the_test_does():
    """A draw is sqrt(n) times the largest dip of whitened columns, the first of them the uniform one."""
    rng = np.random.default_rng(8)
    columns = rng.standard_normal((60, 3))
    columns[:, 0] = rng.uniform(-1, 1, 60)
    columns -= columns.mean(axis=0)
    first = columns[:, 0]
    second = columns[:, 1] - first * (first @ columns[:, 1]) / (first @ first)
    third = columns[:, 2] - first * (first @ columns[:, 2]) / (first @ first)
    third -= second * (second @ third) / (second @ second)
    scores = np.column_stack([first, second, third])
    scores /= scores.std(axis=0)
    largest = largest_dip(scores, rng=rng).value * np.sqrt(60)
    again = reference_draw(60, 3, reference="uniform", rng=np.random.default_rng(8))
    # the QR decomposition may mirror columns, which starts the search elsewhere
    assert again == pytest.approx(largest, rel=0.5)
