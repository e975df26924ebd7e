import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.perturb.matched_background import (
    MATCH_LEVELS,
    MIN_STRATUM,
    match_background,
    shuffle_within_strata,
)

RESIDUES = np.frombuffer(b"ACDEFGHIKLMNPQRSTVWY", dtype=np.uint8)


def receptors(rng, n, *, n_v=3, n_j=2):
    """Junctions of 11 to 13 residues with anchors, and V and J codes."""
    length = rng.integers(11, 14, n)
    inner = [bytes(rng.choice(RESIDUES, size)) for size in length - 2]
    return np.array([b"C" + text + b"F" for text in inner]), rng.integers(0, n_v, n), rng.integers(0, n_j, n)


def frame(aa, v, j):
    return pd.DataFrame({"aa": [text.decode() for text in aa], "v": v, "j": j}).assign(size=lambda f: f["aa"].str.len())


def test_composition_of_positions_is_kept_in_every_stratum(rng):
    """Per V, J, length and position the residues are the same multiset; ends stay with their receptor."""
    aa, v, j = receptors(rng, 2000)
    found = shuffle_within_strata(aa, v, j, rng=rng)
    assert (found.level == 0).all()
    before, after = frame(aa, v, j), frame(found.aa, v, j)
    for (_, old), (_, new) in zip(*(f.groupby(["v", "j", "size"])["aa"] for f in (before, after)), strict=True):
        for position in range(len(old.iloc[0])):
            assert sorted(old.str[position]) == sorted(new.str[position])
    assert (before["aa"].str[:3] == after["aa"].str[:3]).all()
    assert (before["aa"].str[-3:] == after["aa"].str[-3:]).all()
    assert (before["aa"] != after["aa"]).mean() > 0.9


def test_shared_motifs_are_gone(rng):
    """A motif planted in a third of the receptors is left in about the product of its residues' shares."""
    aa, v, j = receptors(rng, 900, n_v=1, n_j=1)
    planted = np.array([text[:4] + b"WWWW" + text[8:] if k % 3 == 0 else text for k, text in enumerate(aa)])
    found = shuffle_within_strata(planted, v, j, rng=rng)
    assert np.char.find(planted, b"WWWW").clip(-1, 0).sum() == -600
    share = (1 / 3 + 2 / 3 / 20) ** 4
    assert (np.char.find(found.aa, b"WWWW") == 4).mean() == pytest.approx(share, abs=4 * np.sqrt(share / 900))


def test_small_strata_are_matched_less_closely_and_say_so(rng):
    """Below the minimum a stratum is joined with its J and length, then its length; a lone receptor stays."""
    small, n = MIN_STRATUM - 1, MIN_STRATUM
    aa = np.concatenate([receptors(rng, 4 * n)[0][: 4 * n], [b"CASSLLLLLLLLLLLF"]])
    aa[: 4 * n] = [text[:5] + b"QQQQQF" for text in aa[: 4 * n]]
    v = np.concatenate([np.zeros(n), np.arange(small), np.arange(4 * n - n - small), [0]]).astype(int)
    j = np.concatenate([np.zeros(n), np.ones(small), np.full(4 * n - n - small, 2), [0]]).astype(int)
    found = shuffle_within_strata(aa, v, j, rng=rng)
    expected = np.concatenate([np.zeros(n), np.full(small, 2), np.ones(4 * n - n - small), [3]])
    np.testing.assert_array_equal(found.level, expected)
    assert MATCH_LEVELS[found.level[-1]] == "none"
    assert found.aa[-1] == aa[-1]


def test_empty_and_short_junctions_stay(rng):
    """Nothing between the ends cannot move; an unknown junction stays unknown."""
    aa = np.array([b"", b"CASSF", b"CAF"] * 30)
    zero = np.zeros(90, dtype=int)
    np.testing.assert_array_equal(shuffle_within_strata(aa, zero, zero, rng=rng).aa, aa)
    assert shuffle_within_strata(np.array([], dtype="S1"), zero[:0], zero[:0], rng=rng).aa.size == 0


def test_ends_to_keep_are_a_choice(rng):
    """With one residue kept at each end only the anchors are sure to stay."""
    aa, v, j = receptors(rng, 500, n_v=1, n_j=1)
    found = shuffle_within_strata(aa, v, j, rng=rng, keep=(1, 1)).aa
    assert np.strings.startswith(found, b"C").all()
    assert np.strings.endswith(found, b"F").all()
    assert np.mean([a[1] != b[1] for a, b in zip(aa, found, strict=True)]) > 0.8


def test_pool_receptors_match_and_occur_once(rng):
    """Of a large pool every receptor gets one of its V, J and length, none twice, and each pool member alike often."""
    pool, target = receptors(rng, 4000), receptors(rng, 300)
    found = match_background(*pool, *target, rng=rng)
    assert (found.level == 0).all()
    assert np.unique(found.indices).size == 300
    drawn, wanted = frame(*(column[found.indices] for column in pool)), frame(*target)
    assert (drawn[["v", "j", "size"]] == wanted[["v", "j", "size"]]).all(axis=None)


def test_all_matches_of_a_stratum_are_equally_likely(rng):
    """Of four candidates each is drawn in a quarter of the draws (chance of failure below 1e-6)."""
    pool, zero = np.array([b"CASSF", b"CATSF", b"CAQSF", b"CAWSF"]), np.zeros(4, dtype=int)
    count = np.zeros(4)
    for _ in range(1000):
        count[match_background(pool, zero, zero, pool[:1], zero[:1], zero[:1], rng=rng).indices] += 1
    assert abs(count - 250).max() < 5 * np.sqrt(1000 * 3 / 16)


def test_a_short_pool_backs_off_and_then_runs_out(rng):
    """V, J and length first, then J and length, then length, then -1; nothing is given twice."""
    pool = np.array([b"CASSF", b"CATSF", b"CAQSF", b"CAWWWF"])
    found = match_background(
        pool, np.array([0, 1, 1, 0]), np.array([0, 0, 1, 0]), np.array([b"CAAAF"] * 4), np.zeros(4, dtype=int),
        np.zeros(4, dtype=int), rng=rng,
    )  # fmt: skip
    assert sorted(found.level.tolist()) == [0, 1, 2, 3]
    assert found.indices[np.argsort(found.level)].tolist() == [0, 1, 2, -1]


@pytest.mark.parametrize(
    ("aa", "v", "keep", "what"),
    [
        (np.array(["CASSF"]), np.zeros(1, dtype=int), (3, 3), "junctions are of type"),
        (np.array([b"CASSF"]), np.zeros(2, dtype=int), (3, 3), "columns have 1, 2 and 1 rows"),
        (np.array([b"CASSF"]), np.zeros(1, dtype=int), (0, 3), r"keep is \(0, 3\)"),
    ],
)
def test_wrong_columns_are_refused(aa, v, keep, what, rng):
    """Junctions are bytes, columns are equally long, anchors stay."""
    with pytest.raises(UsageError, match=what):
        shuffle_within_strata(aa, v, np.zeros(1, dtype=int), rng=rng, keep=keep)


@pytest.mark.parametrize("n", [1, 40, 900])
def test_a_shuffle_is_the_sort_of_all_receptors_by_stratum_and_number(n, rng):
    """With the same random numbers, sorting within strata gives the bytes of one sort over all receptors (pandas)."""
    aa, v, j = receptors(rng, n)
    found = shuffle_within_strata(aa, v, j, rng=np.random.default_rng(5))
    numbers, table = np.random.default_rng(5), frame(aa, v, j)
    table = table.assign(level=found.level, stratum="")
    for level, keys in enumerate((["v", "j", "size"], ["j", "size"], ["size"])):
        at = table["level"] == level
        table.loc[at, "stratum"] = [str((level, *key)) for key in table.loc[at, keys].itertuples(index=False)]
    letters = np.array([list(text.ljust(aa.itemsize)) for text in table["aa"]], dtype=object).reshape(n, -1)
    for position in range(3, aa.itemsize - 3):
        inner = table[(table["level"] < len(MATCH_LEVELS) - 1) & (position < table["size"] - 3)]
        drawn = inner.assign(number=numbers.random(len(inner))).sort_values(["stratum", "number"]).index
        letters[inner.sort_values("stratum", kind="stable").index, position] = letters[drawn, position]
    assert [text.decode() for text in found.aa] == ["".join(row).strip() for row in letters]
