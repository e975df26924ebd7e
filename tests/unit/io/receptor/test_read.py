import numpy as np
import pandas as pd
import pytest

from rashomon.core import InputError, UsageError
from rashomon.dataset import unique_receptors
from rashomon.io.receptor.read import read_receptors, receptors_from_frame
from tests.architecture.source import ROOT
from tests.receptor_table import JUNCTIONS, airr, change, write
from tests.sample import noted, refused

FIXTURES = ROOT / "data" / "fixtures"
CELLS = [f"c{i}" for i in range(12)]


def test_bulk_rows_become_a_data_set(tmp_path):
    """One chain per row, with labels, roles and the columns as written."""
    table = airr(subject=["d1", "d2"] * 6)
    dataset = read_receptors(write(tmp_path, table), truths=["epitope", "v_call"], donor_key="subject")
    assert (dataset.item, dataset.n_obs, dataset.source) == ("row", 12, "table.tsv")
    assert dataset.receptors.junction_aa.tolist() == [text.encode() for text in JUNCTIONS]
    assert dataset.receptors.loci == ("TRB",)
    assert dataset.receptors.flags["anchored"].all()
    assert dataset.truths["epitope"].categories == ("A", "B")
    assert dataset.roles.donor.categories == ("d1", "d2")
    assert dataset.obs["v_call"].tolist() == table["v_call"]
    assert set(dataset.obs["cdr3_length"]) == {"9"}


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("dash_mouse.tsv.gz", {"truths": ["epitope", "v_call"], "donor_key": "subject"}, ("row", 1924, 3848, "mouse")),
        ("wu2020_tcr.airr.tsv.gz", {}, ("cell", 150, 379, "human")),
        ("ards_tcr_500cells.airr.tsv.gz", {"truths": ["sample_id"]}, ("cell", 365, 760, "human")),
        (
            "airr_examples/10x_vdj_nextgem_hs_pbmc3_t_filtered_contig_annotations.csv.gz",
            {},
            ("cell", 1556, 4004, "human"),
        ),
        ("airr_examples/airr_issue_625.tsv.gz", {}, ("cell", 79, 158, "human")),
    ],
)
def test_real_tables_are_read_as_they_are_described(name, options, expected):
    """Rows, chains and species as their description has them; the digest is the one that is published."""
    dataset = read_receptors(FIXTURES / name, **options)
    receptors = dataset.receptors
    assert (dataset.item, dataset.n_obs, receptors.n_chains, receptors.species) == expected
    assert list(dataset.truths) == options.get("truths", [])
    found, row_of = unique_receptors(dataset)
    assert found.n_obs == row_of.max() + 1 > 0


def test_genes_of_a_wide_table_are_columns():
    """So that V, J and length can be truths, as repaired; both chains have theirs."""
    dataset = read_receptors(FIXTURES / "dash_mouse.tsv.gz", truths=["TRA_v_call", "cdr3_length"])
    assert dataset.obs["v_call"].tolist() == dataset.obs["v_b_gene"].tolist()
    assert dataset.obs["TRA_j_call"].tolist() == dataset.obs["j_a_gene"].tolist()
    assert dataset.obs["junction_aa"].tolist() == dataset.obs["cdr3_b_aa"].tolist()
    assert (dataset.obs["cdr3_length"].astype(int) == dataset.obs["cdr3_b_aa"].str.len() - 2).all()


def test_a_frame_gives_the_same_as_its_file(tmp_path):
    """With the same checks."""
    from_file = read_receptors(write(tmp_path, airr()), truths=["epitope"])
    frame = pd.DataFrame(airr(duplicate_count=[2] * 12, productive=[True] * 12))
    from_frame = receptors_from_frame(frame, truths=["epitope"])
    assert from_frame.receptors.digest == from_file.receptors.digest
    assert from_frame.digest == from_file.digest
    assert list(frame) == list(airr())


def test_cells_with_many_chains_are_counted(tmp_path):
    """Eight beta chains are no cell (B82); they are kept."""
    ids = [f"s{i}" for i in range(20)]
    columns = {
        "sequence_id": ids, "cell_id": ["c0"] * 8 + CELLS, "v_call": ["TRBV9"] * 20, "productive": ["T"] * 20,
        "junction_aa": JUNCTIONS[:8] + JUNCTIONS,
    }  # fmt: skip
    dataset = read_receptors(write(tmp_path, columns))
    assert (dataset.n_obs, dataset.receptors.n_chains) == (12, 20)
    noted("receptor.multichain", dataset.rows.notes, what="of 12 cells, 1 with a third VDJ chain")


def test_clonotypes_of_10x_are_refused(tmp_path):
    """They are results, not cells (B83)."""
    path = write(tmp_path, "clonotype_id,frequency,proportion,cdr3s_aa,cdr3s_nt\nc1,1,0.1,TRB:CASSF,\n", "c.csv")
    with refused("receptor.clonotypes", what="c.csv lists clonotypes", where="c.csv"):
        read_receptors(path)


def test_a_table_of_labels_is_no_table_of_receptors(tmp_path):
    """Its columns are shown."""
    with refused("receptor.format", what="cell, cell_type", where="l.csv"):
        read_receptors(write(tmp_path, "cell,cell_type\nc1,T\n", "l.csv"))


def test_a_table_without_any_junction_is_refused(tmp_path):
    """The column is there, and empty."""
    with refused("receptor.none", what="12 chains, none with a junction", where="table.tsv"):
        read_receptors(write(tmp_path, airr(junction_aa="")))


def test_a_locus_is_taken_from_the_genes_and_must_not_contradict_them(tmp_path):
    """Blank: inferred and said; another locus than that of V: refused (B75)."""
    dataset = read_receptors(write(tmp_path, airr(locus="")))
    assert dataset.receptors.loci == ("TRB",)
    noted("receptor.locus_inferred", dataset.rows.notes, what="12 chains")
    with refused("receptor.locus", what="12", where="table.tsv"):
        read_receptors(write(tmp_path, airr(locus="TRA")))


def test_cdr3_are_completed_and_said(tmp_path):
    """CDR3 as IMGT defines it, in a column of that name, get their anchors (B77); as junctions they are refused."""
    bare = [junction[1:-1] for junction in JUNCTIONS]
    table = {"cdr3": bare, "v": ["TRBV9"] * 12, "j": ["TRBJ2-5"] * 12}
    dataset = read_receptors(write(tmp_path, table))
    assert dataset.receptors.junction_aa.tolist() == [text.encode() for text in JUNCTIONS]
    noted("receptor.completed", dataset.rows.notes, what="12")
    with refused("receptor.anchors", what="100%", where="table.tsv"):
        read_receptors(write(tmp_path, airr(junction_aa=bare)))


def test_rows_of_another_species_are_in_the_row_log(tmp_path):
    """The numbers add up, and names are those of the file (B86)."""
    species = ["HomoSapiens"] * 10 + ["MacacaMulatta"] * 2
    dataset = read_receptors(write(tmp_path, airr(species=species)), species="human")
    assert (dataset.rows.n_in, dataset.rows.n_used, dataset.n_obs) == (12, 10, 10)
    assert dataset.rows.dropped[0].names == ("s10", "s11")
    with refused("receptor.mixed_species", what="MacacaMulatta 2", where="table.tsv, species"):
        read_receptors(write(tmp_path, airr(species=species)))


def test_genes_of_another_species_are_refused(tmp_path):
    """Trbv of mouse in a human table (B86)."""
    with refused("receptor.species", what="genes of mouse", where="table.tsv"):
        read_receptors(write(tmp_path, airr(v_call="Trbv13-1")), species="human")


def test_an_unknown_species_is_a_mistake_of_the_caller(tmp_path):
    """Before anything is looked up."""
    with pytest.raises(UsageError, match="unknown species 'humna'"):
        read_receptors(write(tmp_path, airr()), species="humna")


def test_few_rows_are_refused(tmp_path):
    """As for cells."""
    table = {name: values[:3] for name, values in airr().items()}
    with refused("matrix.too_few_cells", what="3", where="table.tsv"):
        read_receptors(write(tmp_path, table))


def test_the_order_of_the_rows_is_kept(tmp_path, rng):
    """Shuffled rows give the shuffled data set."""
    order = rng.permutation(12)
    table = airr()
    shuffled = {name: [values[i] for i in order] for name, values in table.items()}
    first = read_receptors(write(tmp_path, table), truths=["epitope"])
    second = read_receptors(write(tmp_path, shuffled, "other.tsv"), truths=["epitope"])
    assert second.obs_names.tolist() == first.obs_names[order].tolist()
    np.testing.assert_array_equal(second.receptors.junction_aa, first.receptors.junction_aa[order])
    np.testing.assert_array_equal(second.truths["epitope"].codes, first.truths["epitope"].codes[order])


def test_labels_keep_words_that_pandas_drops(tmp_path):
    """NA and None are classes, unknown is none, empty is missing (B64)."""
    epitope = change(["NA", "None"] * 6, _0="unknown", _1="")
    truth = read_receptors(write(tmp_path, airr(epitope=epitope)), truths=["epitope"]).truths["epitope"]
    assert truth.categories == ("NA", "None")
    assert truth.codes[:2].tolist() == [-1, -2]


def test_errors_are_of_one_kind(tmp_path):
    """What is wrong with a file is an InputError with a code and a fix, whatever the damage."""
    content = write(tmp_path, airr()).read_bytes()
    for cut in range(0, len(content), 37):
        path = write(tmp_path, content[:cut] + bytes([content[cut] ^ 129]) + content[cut + 1 :], "damaged.tsv")
        refusal = refusal_of(path)
        assert refusal is None or (refusal.code and refusal.fix), cut


def refusal_of(path):
    """The error of the door, if there is one; any other error fails the test."""
    try:
        read_receptors(path)
    except InputError as error:
        return error
    return None
