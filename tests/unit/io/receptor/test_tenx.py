import json

import numpy as np
import pytest

from rashomon.io.receptor.table import read_text_table
from rashomon.io.receptor.tenx import read_tenx, read_tenx_json
from tests.architecture.source import ROOT
from tests.receptor_table import write
from tests.sample import noted, refused

EXAMPLES = ROOT / "data" / "fixtures" / "airr_examples"
FIELDS = ("junction", "junction_aa", "v_call", "d_call", "j_call", "c_call")


def contig(**changes):
    """A row of contig annotations."""
    return {
        "barcode": "c1-1", "is_cell": "True", "contig_id": "c1-1_contig_1", "high_confidence": "True", "chain": "TRB",
        "v_gene": "TRBV9", "d_gene": "None", "j_gene": "TRBJ2-5", "c_gene": "TRBC2", "productive": "True",
        "cdr3": "CASSVGETQYF", "cdr3_nt": "None", "reads": "100", "umis": "3", "raw_clonotype_id": "clonotype1",
    } | changes  # fmt: skip


def read(*rows):
    return read_tenx({name: np.array([row[name] for row in rows], dtype=object) for name in rows[0]}, where="10x.csv")


@pytest.mark.parametrize("word", ["None", "No", ""])
def test_the_words_of_cell_ranger_are_missing(word):
    """None, No and nothing, by version (B83); a word it never writes is said."""
    reading = read(contig(d_gene=word, productive=word, cdr3_nt=word))
    assert (reading.chains.d_call[0], reading.chains.junction[0], reading.chains.productive[0]) == ("", "", -1)
    assert not any("missing_word" in note for note in reading.notes)


def test_contigs_of_no_cell_are_left_out_and_counted():
    """Most of all_contig_annotations are empty droplets (B83)."""
    other = contig(barcode="c2-1", contig_id="c2-1_contig_1", is_cell="False")
    doubtful = contig(contig_id="c1-1_contig_2", high_confidence="False")
    reading = read(contig(), other, doubtful)
    assert reading.obs.index.tolist() == ["c1-1"]
    noted("receptor.not_cell", reading.notes, what="2 of 3 contigs are left out by is_cell and high_confidence")
    with refused("table.empty", what="0 rearrangements: no contig belongs to a cell", where="10x.csv"):
        read(other)


def test_a_contig_twice_is_refused():
    """The same run, given twice (B84)."""
    with refused("receptor.id", what="1 rows repeat the identifier of an earlier chain: c1-1_contig_1", where="row 2"):
        read(contig(), contig())


def test_molecules_are_counted_not_reads():
    """And what describes the cell stays with it."""
    reading = read(contig(), contig(contig_id="c1-1_contig_2", umis="4"))
    assert reading.chains.count.tolist() == [3.0, 4.0]
    assert reading.obs["raw_clonotype_id"].tolist() == ["clonotype1"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name",
    [
        "10x_filtered_contig_annotations.csv",
        "10x_vdj_nextgem_hs_pbmc3_t_filtered_contig_annotations.csv.gz",
    ],
)
def test_the_same_chains_as_scirpy(name):
    """Cells, loci, junctions, genes, counts and the productive mark of every contig."""
    ir = pytest.importorskip("scirpy")
    reading = read_tenx(read_text_table(EXAMPLES / name), where=name)
    assert chains_of(reading) == scirpy_chains(ir.io.read_10x_vdj(EXAMPLES / name))


def chains_of(reading):
    chains, names = reading.chains, reading.obs.index
    texts = zip(chains.locus, *(getattr(chains, name) for name in FIELDS), strict=True)
    rows = zip(chains.obs, texts, chains.count, chains.productive, strict=True)
    return sorted((names[obs], *fields, int(count), max(int(mark), 0)) for obs, fields, count, mark in rows)


def scirpy_chains(adata):
    rows = []
    for name, chains in zip(adata.obs_names, adata.obsm["airr"].to_list(), strict=True):
        for chain in chains:
            fields = [chain[field] for field in ("locus", *FIELDS)]
            texts = ["" if value in {None, "None"} or value != value else value for value in fields]  # noqa: PLR0124
            # scirpy takes None for false
            rows.append((name, *texts, int(chain["umi_count"]), int(bool(chain["productive"]))))
    return sorted(rows)


def in_json(row):
    """The contig as Cell Ranger writes it to JSON."""
    kinds = {"v_gene": "L-REGION+V-REGION", "j_gene": "J-REGION", "c_gene": "C-REGION"}
    features = [
        {"feature": {"chain": row["chain"], "gene_name": row[name], "region_type": kind}, "contig_match_start": 0,
         "contig_match_end": 9}
        for name, kind in kinds.items()
    ]  # fmt: skip
    return {
        "barcode": row["barcode"], "contig_name": row["contig_id"], "is_cell": row["is_cell"] == "True",
        "high_confidence": True, "annotations": features, "cdr3": row["cdr3"], "cdr3_seq": None, "sequence": "ACGT",
        "aa_sequence": None, "read_count": int(row["reads"]), "umi_count": int(row["umis"]),
        "productive": row["productive"] == "True", "info": {"raw_clonotype_id": row["raw_clonotype_id"]},
    }  # fmt: skip


@pytest.mark.filterwarnings("ignore")
def test_json_holds_the_same_contigs(tmp_path):
    """As the .csv beside it, and as scirpy reads it."""
    ir = pytest.importorskip("scirpy")
    rows = [contig(), contig(contig_id="c1-1_contig_2", chain="TRA", v_gene="TRAV1-2", j_gene="TRAJ33", c_gene="TRAC")]
    path = write(tmp_path, json.dumps([in_json(row) for row in rows]), "all_contig_annotations.json")
    found = chains_of(read_tenx(read_tenx_json(path), where="x.json"))
    assert found == chains_of(read(*rows))
    assert found == scirpy_chains(ir.io.read_10x_vdj(path))


@pytest.mark.parametrize("content", ["{", '{"a": 1}', "[1]", '[{"barcode": "c1"}]', "null", "[" * 100_000])
def test_other_json_is_refused(tmp_path, content):
    """Cut, of another layout, or nested without end."""
    with refused("receptor.json", what="contigs.json is no list of contigs", where="contigs.json"):
        read_tenx_json(write(tmp_path, content, "contigs.json"))


def test_an_empty_list_is_refused(tmp_path):
    """As a table with a header alone."""
    with refused("table.empty", what="0 rearrangements", where="contigs.json"):
        read_tenx_json(write(tmp_path, "[]", "contigs.json"))
