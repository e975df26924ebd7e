"""Tables as Seurat, Azimuth and CellTypist write them: every cell gets its own label, and what is lost is counted."""

import numpy as np
import pandas as pd
import pytest

from rashomon.core import InputError, UsageError, silent
from rashomon.dataset import Truth
from rashomon.io.label_file import read_labels

CELLS = [f"{bases}-1" for bases in ("AAACCTGAGAAACCAT", "AAACCTGAGAAACCGC", "AAACCTGAGAAACCTA", "AAACCTGAGAAACGAG")]
SEURAT = ["orig.ident", "nCount_RNA", "seurat_clusters", "predicted.id", "prediction.score.max"]
VALUES = [
    ["pbmc", "2421", "0", "CD4 T", "0.91"],
    ["pbmc", "4903", "3", "B", "1"],
    ["pbmc", "3149", "0", "CD8 T", "0.42"],
    ["pbmc", "2639", None, None, None],
]


def seurat(folder, *, names=None):
    """What `write.csv(object@meta.data, file)` writes: an empty name above the cells, text in quotes, NA without."""
    names = CELLS if names is None else names
    rows = [",".join("NA" if value is None else f'"{value}"' for value in row) for row in VALUES]
    text = [",".join(['""', *(f'"{name}"' for name in SEURAT)])]
    text += [f'"{name}",{row}' for name, row in zip(names, rows, strict=True)]
    path = folder / "meta.csv"
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    return path


def read(path, names=CELLS, **more):
    """The table, and what was said."""
    said = []
    return read_labels(path, names, announce=said.append, **more), said


def test_meta_data_of_seurat(tmp_path):
    """Every column by its name; NA is missing and counted; the order is that of the cells."""
    table, said = read(seurat(tmp_path), CELLS[::-1])
    assert table.index.tolist() == CELLS[::-1]
    assert table["seurat_clusters"].tolist() == [None, "0", "3", "0"]
    assert list(table) == SEURAT
    assert said[1:] == ["labels: 4 of 4 cells (100%) are in the table", "labels: 3 values NA are missing"]


def test_write_table_of_r_has_a_shorter_header(tmp_path):
    """The first field of every line then names the cell, and that is said."""
    text = seurat(tmp_path).read_text(encoding="utf-8").removeprefix('"",').replace(",", "\t")
    (tmp_path / "meta.tsv").write_text(text, encoding="utf-8")
    table, said = read(tmp_path / "meta.tsv")
    pd.testing.assert_frame_equal(table, read(seurat(tmp_path))[0])
    assert any("the header has one field less" in line for line in said)


@pytest.mark.parametrize(
    "made", [lambda n: n[:-2], lambda n: f"s1_{n}", lambda n: f"{n[:-2]}_4"], ids=["bare", "prefix", "merge"]
)
def test_barcodes_with_other_ends_are_matched_and_said(tmp_path, made):
    """Suffix removed, sample in front, number of a merge behind: the same labels."""
    table, said = read(seurat(tmp_path, names=[made(name) for name in CELLS]))
    assert table["predicted.id"].tolist() == ["CD4 T", "B", "CD8 T", None]
    assert table.index.tolist() == CELLS
    assert any(line.startswith("labels: cells are matched by ") for line in said)


def test_cells_on_one_side_only_are_counted(tmp_path):
    """Cells without a row have no label, rows without a cell are named."""
    names = [*CELLS[:3], "TTTTTTTTTTTTTTTT-1"]
    table, said = read(seurat(tmp_path, names=names))
    assert table["predicted.id"].tolist() == ["CD4 T", "B", "CD8 T", None]
    assert "labels: 3 of 4 cells (75%) are in the table" in said
    assert "labels: 1 rows of the table belong to no cell (TTTTTTTTTTTTTTTT-1)" in said


def test_ambiguous_stripping_is_refused(tmp_path):
    """Two samples with the same barcodes: removing the suffix would mix them, so the sample is asked for."""
    cells = [f"{name[:-2]}-{sample}" for sample in (1, 2) for name in CELLS[:2]]
    path = seurat(tmp_path, names=[name[:-2] for name in CELLS])
    with pytest.raises(InputError, match="0 of 4 cells") as caught:
        read(path, cells)
    assert caught.value.code == "table.overlap"
    assert caught.value.fix.endswith("some names then repeat, so add the sample to them")


def test_labels_of_little_confidence_are_no_class(tmp_path):
    """Below the threshold, and where no confidence is known, a label becomes the word that everybody reads as none."""
    table, said = read(seurat(tmp_path), columns=["predicted.id"], confidence="prediction.score.max")
    assert table["predicted.id"].tolist() == ["CD4 T", "B", "unknown", None]
    assert list(table) == ["predicted.id"]
    assert "labels: 2 of 4 cells have a confidence below 0.5, or two equal ones: 'unknown'" in said
    strict, _ = read(seurat(tmp_path), columns=["predicted.id"], confidence="prediction.score.max", min_confidence=0.95)
    assert strict["predicted.id"].tolist() == ["unknown", "B", "unknown", None]


def probabilities(folder, values):
    """What CellTypist writes as probability_matrix.csv."""
    path = folder / "probability_matrix.csv"
    pd.DataFrame(values, index=CELLS, columns=["B cells", "NK cells", "T cells"]).to_csv(path)
    return path


def test_probabilities_become_labels(tmp_path):
    """The largest one wins, if it reaches the threshold and no other is equal; probabilities need not add up to one."""
    values = [[0.9, 0.1, 0.95], [0.3, 0.2, 0.1], [0.0, 0.7, 0.7], [0.5, 0.1, 0.0]]
    table, said = read(probabilities(tmp_path, values))
    assert table["label"].tolist() == ["T cells", "unknown", "unknown", "B cells"]
    assert table["confidence"].tolist() == [0.95, 0.3, 0.7, 0.5]
    assert "labels: 2 of 4 cells have a confidence below 0.5, or two equal ones: 'unknown'" in said
    loose, _ = read(probabilities(tmp_path, values), min_confidence=0.2)
    assert loose["label"].tolist() == ["T cells", "B cells", "unknown", "B cells"]


def test_a_cell_without_probabilities_has_no_label(tmp_path):
    """Missing is not the same as undecided."""
    table, _ = read(probabilities(tmp_path, [[0.9, 0.1, 0.0], [np.nan] * 3, [0.1, 0.7, 0.2], [0.5, 0.1, 0.0]]))
    assert table["label"].tolist() == ["B cells", None, "NK cells", "B cells"]
    assert np.isnan(table["confidence"].iloc[1])


def test_scores_are_no_probabilities(tmp_path):
    """CellTypist's decision matrix has values below zero; a table of zeros and ones has classes, not chances."""
    table, _ = read(probabilities(tmp_path, np.array([[-3.0, 1, 2]] * 4)))
    assert list(table) == ["B cells", "NK cells", "T cells"]
    assert table["B cells"].tolist() == ["-3.0"] * 4
    assert list(read(probabilities(tmp_path, np.eye(4, 3, dtype=int)))[0]) == ["B cells", "NK cells", "T cells"]


def test_predicted_labels_of_celltypist_are_read_as_they_are(tmp_path):
    """Three columns of text, of which the user names one."""
    path = tmp_path / "predicted_labels.csv"
    columns = {
        "predicted_labels": ["T", "B", "T", "B"],
        "over_clustering": [0, 1, 0, 1],
        "majority_voting": list("TBTT"),
    }
    pd.DataFrame(columns, index=CELLS).to_csv(path)
    table, _ = read(path, columns=["majority_voting"])
    assert table["majority_voting"].tolist() == ["T", "B", "T", "T"]


def test_no_class_is_read_as_no_class(tmp_path):
    """What became `unknown` is unassigned, what is missing is missing, when the labels are used."""
    table, _ = read(seurat(tmp_path), columns=["predicted.id"], confidence="prediction.score.max")
    codes = Truth.from_series(table["predicted.id"]).codes
    assert codes.tolist() == [1, 0, -1, -2]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"columns": ["predicted"]}, "there is no column 'predicted'"),
        ({"columns": ["predicted.id"], "confidence": "score"}, "there is no column 'score'"),
        ({"columns": ["predicted.id"], "confidence": "orig.ident"}, "4 values of 'orig.ident' are no numbers"),
        ({"confidence": "prediction.score.max"}, "is the confidence of no column"),
        ({"min_confidence": 50}, "min_confidence is 50"),
    ],
)
def test_arguments_that_cannot_be_meant(tmp_path, given, message):
    """Refused with what would be accepted."""
    with pytest.raises(UsageError, match=message):
        read_labels(seurat(tmp_path), CELLS, announce=silent, **given)
