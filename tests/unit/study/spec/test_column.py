from rashomon.study.spec import ColumnSummary, FileSummary, guessed_roles
from rashomon.study.spec.column import label_columns


def summary(*columns, n_obs=1000):
    return FileSummary("a.h5ad", n_obs, columns=tuple(ColumnSummary(*column) for column in columns))


def roles(*names):
    return {role: found for role, found in guessed_roles(summary(*((name, 5) for name in names))).items() if found}


def test_columns_are_recognised_by_their_names():
    """In the spellings of scanpy, Seurat and of people."""
    assert roles("Patient.ID", "orig.ident", "leiden_r0.5", "celltype", "10x_lane", "disease_status") == {
        "donor": ("Patient.ID",),
        "batch": ("10x_lane",),
        "sample": ("orig.ident",),
        "condition": ("disease_status",),
        "labels": ("leiden_r0.5",),
        "truths": ("celltype",),
    }


def test_the_most_telling_word_comes_first():
    """Of several columns for one role, and of several roles for one column."""
    assert roles("clusters", "leiden", "louvain")["labels"] == ("leiden", "louvain", "clusters")
    assert roles("sample_type")["sample"] == ("sample_type",)


def test_words_are_whole():
    """`runt` is no run, and a gene is no gender."""
    assert roles("prunted", "n_genes", "phase") == {}


def test_what_cannot_be_labels_is_left_out():
    """Constants, measurements, identifiers."""
    columns = (("donor", 1), ("batch", 600), ("sample", 9, 0, True), ("patient", 501), ("cluster", 12))
    assert guessed_roles(summary(*columns))["labels"] == ("cluster",)
    assert [column.name for column in label_columns(summary(*columns))] == ["cluster"]
