"""Every file of the real data is read, or refused for the reason that its description gives."""

import pytest

from rashomon.core import InputError
from rashomon.io import read

pytestmark = pytest.mark.realdata

READ = {
    "ards_paired/ards_gex.h5ad": (500, 2000, "counts", ["seurat_clusters", "tissue"]),
    "cite_cbmc/cite_cbmc.h5ad": (8617, 2000, "counts", ["rna_cluster", "protein_gate_derived"]),
    "kang_ifnb/kang_ifnb.h5ad": (2000, 9015, "counts", ["stim", "donor"]),
    "pbmc3k/pbmc3k_counts.h5ad": (2700, 13714, "counts", ["seurat_cell_type", "scanpy_louvain_annot"]),
    "pbmc68k_reduced/pbmc68k_reduced.h5ad": (700, 765, "lognormalised", ["bulk_labels", "louvain"]),
    "sc_mixology_3cl/sc_mixology_3cl.h5ad": (499, 28127, "counts", ["cell_line_demuxlet", "cell_line"]),
    "sc_mixology_cellmix/sc_mixology_cellmix.h5ad": (1107, 16452, "counts", ["mixture"]),
    "wu2020_paired/wu2020_gex.h5ad": (150, 11300, "counts", ["cluster_orig", "source"]),
    "yan_embryo/yan_embryo.h5ad": (90, 19595, "continuous", ["stage", "embryo"]),
}
"""Cells, genes, kind of values and label columns, as the description of the data has them."""

REFUSED = {
    # packed tables of labels are never unpacked unasked
    "cite_cbmc/adt_counts.tsv.gz": "file.packed",
    "ms_bulk_trb/metadata.tsv.gz": "file.packed",
}

RECEPTORS = ("airr_examples/", "_tcr", ".airr.tsv.gz", "dash_mouse", "mira_covid", "paired_tcr_multi_db", "vdjdb")
"""Parts of the paths of tables of receptors, which have a test of their own."""


@pytest.mark.parametrize("path", READ)
def test_expression_is_read_as_it_is_described(real_data, path):
    """Size, kind of values and labels; the digest is the one that was published with it."""
    n_obs, n_vars, kind, truths = READ[path]
    dataset = read(real_data / path, truths=truths)
    assert (dataset.n_obs, dataset.expression.n_vars, dataset.expression.kind) == (n_obs, n_vars, kind)
    assert list(dataset.truths) == truths
    assert any("as SHA256SUMS says" in note for note in dataset.rows.notes)


def test_the_expression_of_a_mudata_is_read(real_data):
    """Receptors as awkward arrays stand beside it."""
    dataset = read(real_data / "wu2020_paired" / "wu2020_200.h5mu", truths=["cluster_orig"])
    assert dataset.expression.kind == "counts"
    assert dataset.n_obs > 100


@pytest.mark.parametrize("path", REFUSED)
def test_the_others_are_refused_for_a_reason(real_data, path):
    """With the code of the rule."""
    with pytest.raises(InputError, match=r"\w") as caught:
        read(real_data / path)
    assert caught.value.code == REFUSED[path]


def test_no_file_is_forgotten(real_data):
    """Every table and matrix of the folder is in one of the lists."""
    kinds = (".h5ad", ".h5mu", ".csv", ".tsv", ".gz", ".tab")
    found = {path.relative_to(real_data).as_posix() for path in real_data.rglob("*") if path.suffix in kinds}
    found = {path for path in found if not any(part in path for part in RECEPTORS)}
    assert found - {"wu2020_paired/wu2020_200.h5mu"} == set(READ) | set(REFUSED)
