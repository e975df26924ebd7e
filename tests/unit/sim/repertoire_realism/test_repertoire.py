import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.sim.repertoire_realism.repertoire import Repertoire

GENES = (["TRBV9", "TRBV2"], ["TRBJ1-1", "TRBJ2-7"])


def test_texts_become_bytes_and_counts_integers():
    """Whatever texts came in, junctions and genes are bytes."""
    one = Repertoire(pd.Series(["CASSF", "CASF"]), *GENES, [2.0, 1.0], "A")
    assert one.junction_aa.tolist() == [b"CASSF", b"CASF"]
    assert (one.v.dtype.kind, one.counts.dtype, one.n) == ("S", np.int64, 2)


def test_distinct_is_a_group_by(rng):
    """One row per junction, V and J in the order of first rows, with summed counts, as pandas has it."""
    table = pd.DataFrame(
        {
            "aa": rng.choice(["CASF", "CATF", "CAAF"], 60),
            "v": rng.choice(["TRBV2", "TRBV9"], 60),
            "j": rng.choice(["TRBJ1-1", "TRBJ2-7"], 60),
            "n": rng.integers(1, 9, 60),
        }
    )
    expected = table.groupby(["aa", "v", "j"], sort=False)["n"].sum().reset_index()
    found = Repertoire(*(table[name].to_numpy() for name in ("aa", "v", "j", "n"))).distinct()
    assert [text.decode() for text in found.junction_aa] == expected["aa"].tolist()
    assert [text.decode() for text in found.v] == expected["v"].tolist()
    assert [text.decode() for text in found.j] == expected["j"].tolist()
    assert found.counts.tolist() == expected["n"].tolist()
    plain = Repertoire(*(table[name].to_numpy() for name in ("aa", "v", "j"))).distinct()
    assert plain.counts.sum() == 60


def test_pooled_genes_have_one_name():
    """Names in the mapping are replaced; all others stay."""
    one = Repertoire(["CASF"] * 2, ["TRBV12-3", "TRBV2"], ["TRBJ1-1"] * 2)
    assert one.pooled({"TRBV12-3": "TRBV12-4", "TRBV7": "x"}).v.tolist() == [b"TRBV12-4", b"TRBV2"]


def test_rows_are_taken_in_the_order_asked_for():
    """All parts follow."""
    one = Repertoire(["CASF", "CATF"], *GENES, [3, 4], "A").take(np.array([1, 0]))
    assert (one.junction_aa.tolist(), one.counts.tolist(), one.donor) == ([b"CATF", b"CASF"], [4, 3], "A")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((["CASF", ""], *GENES), "1 junctions are empty"),
        ((["CASF", "CA*F"], *GENES), "no amino acids"),
        ((["CASF"], *GENES), "v has shape"),
        ((["CASF", "CATF"], ["TRBV9*01", ""], GENES[1]), "2 names of genes are empty or have an allele"),
        ((["CASF", "CATF"], *GENES, [1, 0]), "counts are no whole numbers"),
        ((["CASF", "CATF"], *GENES, [1.5, 1]), "counts are no whole numbers"),
        (([1, 2], *GENES), "junction_aa has kind"),
    ],
)
def test_what_is_no_repertoire_is_refused(parts, said):
    """The message says what is wrong."""
    with pytest.raises(UsageError, match=said):
        Repertoire(*parts)


def test_an_empty_repertoire_is_one():
    """Nothing refuses zero rows."""
    assert Repertoire([], [], []).distinct().n == 0
