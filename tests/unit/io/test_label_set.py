import numpy as np
import pandas as pd

from rashomon.io.label_set import CONVENTIONS, label_sets
from rashomon.truth import specs

N = 6


def obs(**columns):
    """A table of cells; values repeat."""
    return pd.DataFrame({name: np.resize(np.array(values, dtype=object), N) for name, values in columns.items()})


def found(table, column="use"):
    """A column of what was found, by the name of the label column."""
    return label_sets(table).set_index("column")[column].to_dict()


def test_columns_of_cellxgene():
    """The ontology term stands beside its label and is none of its own; the author's labels are another set."""
    table = obs(
        cell_type=["T cell", "B cell", "unknown"],
        cell_type_ontology_term_id=["CL:0000084", "CL:0000236", "unknown"],
        author_cell_type=["Tn", "B mem", None],
        donor_id=["d1", "d2"],
        disease=["normal"],
    )
    assert found(table) == {"cell_type": "truths", "author_cell_type": "truths"}
    row = label_sets(table).set_index("column").loc["cell_type"]
    assert row["beside"] == ["cell_type_ontology_term_id"]
    assert (row["n_classes"], row["n_unassigned"], row["n_missing"]) == (2, 2, 0)
    assert label_sets(table).set_index("column").loc["author_cell_type", "n_missing"] == 2


def test_columns_of_cap():
    """A label set is named once, whatever it is called; its fields describe it."""
    table = obs(
        **{
            "celltype_fine": ["Tn", "doublets"],
            "celltype_fine--cell_fullname": ["naive T cell", "doublets"],
            "celltype_fine--cell_ontology_term_id": ["CL:1", "CL:2"],
            "celltype_fine--rationale": ["CCR7", ""],
        }
    )
    row = label_sets(table).iloc[0]
    assert (len(label_sets(table)), row["convention"], row["use"]) == (1, "CAP", "truths")
    assert len(row["beside"]) == 3
    assert row["n_unassigned"] == 3


def test_columns_of_tools():
    """Clusterings are to be judged, annotations may be followed; sizes and scores are no labels."""
    table = obs(
        leiden=["0", "1"], leiden_r2=["0", "1"], seurat_clusters=["0"], clone_id=["1", "2"], clone_id_size=["3", "1"],
        cc_aa_tcrdist=["1"], over_clustering=["1"], predicted_labels=["T"], majority_voting=["T"], n_genes=["5"],
        **{
            "RNA_snn_res.0.8": ["0"], "predicted.celltype.l2": ["T"], "predicted.celltype.l2.score": ["0.9"],
            "pruned.labels": ["T"],
        },
    )  # fmt: skip
    labels = {"leiden", "leiden_r2", "seurat_clusters", "clone_id", "cc_aa_tcrdist", "over_clustering"}
    labels |= {"RNA_snn_res.0.8"}
    truths = {"predicted_labels", "majority_voting", "predicted.celltype.l2", "pruned.labels"}
    assert found(table) == {**dict.fromkeys(labels, "labels"), **dict.fromkeys(truths, "truths")}


def test_what_is_declared_can_be_read():
    """The words after the name are a kind and an origin that the audit knows."""
    declared = specs([f"x{place}={each.declared}" for place, each in enumerate(CONVENTIONS)], uns={})
    assert len(declared) == len(CONVENTIONS)
    assert {spec.kind for spec in declared} == {"annotation", "receptor"}


def test_without_labels_there_are_none():
    """An empty table with its columns."""
    assert label_sets(obs(n_genes=["1"])).empty
