import pandas as pd
import pytest

from rashomon.io.barcode import composed_names, renamed, renaming_fix

CELLS = [f"{bases}-1" for bases in ("AAACCTGAGAAACCAT", "AAACCTGAGAAACCGC", "AAACCTGAGAAACCTA", "AAACCTGAGAAACGAG")]


@pytest.mark.parametrize(
    ("made", "rule"),
    [
        (lambda name: name[:-2], "suffix '-1'"),
        (lambda name: f"s1_{name}", "up to the last '_'"),
        (lambda name: f"sample:{name}", "up to the last ':'"),
        (lambda name: f"pool#{name}", "up to the last '#'"),
        (lambda name: f"s1_{name[:-2]}", "a prefix up to '_' and a numeric suffix"),
        (lambda name: f"{name}_2", "suffix '_1'"),
        (lambda name: f"s1-{name[:-2]}_1-0", "bases of the barcode alone"),
        (str.lower, "upper and lower case"),
        (lambda name: f" {name}", "white space"),
    ],
    ids=["bare", "underscore", "colon", "hash", "sample", "merge", "seurat", "lower", "space"],
)
def test_what_tools_do_to_barcodes_is_undone(made, rule):
    """Each cell meets its own row, whatever was added; the renaming is named."""
    rows = pd.Index([made(name) for name in CELLS])
    cells, other, text = renamed(pd.Index(CELLS), rows)
    assert cells.tolist() == other.tolist()
    assert rule in text
    assert rule in renaming_fix(pd.Index(CELLS), rows)


def test_a_renaming_that_makes_two_cells_equal_is_never_returned():
    """The same barcode in two samples cannot be told apart without the sample; the error says so."""
    rows = pd.Index([f"{sample}_{name}" for sample in ("s1", "s2") for name in CELLS])
    assert renamed(pd.Index(CELLS), rows) is None
    assert renaming_fix(pd.Index(CELLS), rows).endswith("some names then repeat, so add the sample to them")


def test_chance_matches_are_none():
    """Barcodes of another sample, of which fewer than half occur here: nothing is matched."""
    rows = pd.Index([CELLS[0][:-2], "TTTTTTTTTTTTTTTT", "TTTTTTTTTTTTTTTG", "TTTTTTTTTTTTTTTC"])
    assert renamed(pd.Index(CELLS), rows) is None
    assert renaming_fix(pd.Index(CELLS), rows) is None
    assert renamed(pd.Index([]), rows) is None


def test_spellings_of_unicode_are_one_name():
    """Composed and decomposed letters are the same, unless two names would become one."""
    assert composed_names(pd.Index(["e\u0301"]), pd.Index(["\xe9"]))[0].tolist() == ["\xe9"]
    kept = composed_names(pd.Index(["e\u0301", "\xe9"]), pd.Index(["\xe9"]))
    assert kept[0].tolist() == ["e\u0301", "\xe9"]
