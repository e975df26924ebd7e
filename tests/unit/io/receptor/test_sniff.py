import gzip

import pytest

from rashomon.io.receptor.sniff import CLONOTYPES, FORMATS, receptor_format, table_format
from tests.architecture.source import ROOT
from tests.receptor_table import airr, write

EXAMPLES = ROOT / "data" / "fixtures" / "airr_examples"
FILES = {
    "10x_filtered_contig_annotations.csv": "10x",
    "10x_vdj_nextgem_hs_pbmc3_t_filtered_contig_annotations.csv.gz": "10x",
    "airr_issue_625.tsv.gz": "airr",
    "airr_rearrangement_ig.tsv": "airr",
    "airr_rearrangement_tra.tsv": "airr",
    "airr_tra_issue_280.tsv": "airr",
    "bd_test_unfiltered_contigs.csv": "bd",
    "bracer_changeodb.tab": "changeo",
}


@pytest.mark.parametrize("name", FILES)
def test_examples_of_all_tools_are_recognised(name):
    """From the first lines alone, packed or not, behind comments."""
    assert receptor_format(EXAMPLES / name) == FILES[name]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (["cdr3a", "v_a", "j_a", "cdr3b", "v_b", "j_b"], "wide"),
        (["complex.id", "Gene", "CDR3", "V", "J", "Epitope"], "vdjdb"),
        (["junction_aa", "v_call"], "airr"),
        (["clonotype_id", "frequency", "proportion", "cdr3s_aa", "cdr3s_nt"], CLONOTYPES),
        (["clonotype_id", "consensus_id", "length", "chain", "v_gene", "cdr3"], CLONOTYPES),
        (["cell", "cell_type", "donor"], None),
        (["barcode", "cluster"], None),
        ([], None),
    ],
)
def test_a_header_decides(header, name):
    """Also where a format is to be refused, or where it is a table of labels."""
    assert table_format(header) == name


def test_each_format_reads_what_it_recognises():
    """A format has a reader and a line that describes it."""
    assert all(callable(each.read) and each.summary.endswith(".") for each in FORMATS.values())


def test_anything_may_be_asked(tmp_path):
    """What cannot be opened or has no header is no table of receptors; the reader says why."""
    assert receptor_format(tmp_path / "gone.tsv") is None
    assert receptor_format(write(tmp_path, b"\x89HDF\r\n\x1a\n\x00", "a.h5ad")) is None
    assert receptor_format(write(tmp_path, b"\xff\xfe\xfa", "b.tsv")) is None
    assert receptor_format(write(tmp_path, "", "c.tsv")) is None
    assert receptor_format(write(tmp_path, gzip.compress(b"x")[:5], "d.tsv.gz")) is None
    assert receptor_format(tmp_path) is None
    assert receptor_format(write(tmp_path, "[]", "all_contig_annotations.json")) == "json"
    assert receptor_format(write(tmp_path, airr(), "e.tsv")) == "airr"
