import numpy as np
import pytest

from rashomon.io.receptor.rhapsody import read_rhapsody
from rashomon.io.receptor.table import read_text_table
from tests.architecture.source import ROOT
from tests.sample import noted

PATH = ROOT / "data" / "fixtures" / "airr_examples" / "bd_test_unfiltered_contigs.csv"


def columns():
    """The example, in which all barcodes count as cells."""
    table = read_text_table(PATH)
    return {name: table[name] for name in table if name != "Putative_Cell"}


def test_barcodes_that_are_no_cells_are_left_out():
    """As in tables of 10x, and counted."""
    reading = read_rhapsody(read_text_table(PATH), where="bd.csv")
    assert reading.obs.index.tolist() == ["100051", "114346"]
    noted("receptor.not_cell", reading.notes, what="4 of 7 contigs are left out by Putative_Cell")


def test_the_anchors_come_from_the_residues_beside_the_cdr3():
    """The last of FR3 and the first of FR4; the nucleotides with their codons, which translate to them."""
    reading = read_rhapsody(columns(), where="bd.csv")
    assert reading.chains.junction_aa.tolist() == [
        "CQSTDSSGSVVF", "CARQVAYSHELDYW", "", "CQQYYSYYTF", "CQQRGKWPLTF", "", "CQSTDSSGYVVF",
    ]  # fmt: skip
    assert reading.chains.junction[0] == "TGTCAATCAACAGACAGTAGTGGTTCTGTGGTATTC"
    assert not reading.chains.is_cdr3
    noted("receptor.flank", reading.notes, what="2 of 7 contigs have a CDR3 and lack FR3 or FR4")


def test_without_framework_the_cdr3_stays_one():
    """It is completed later, from the J gene."""
    table = {name: values for name, values in columns().items() if not name.startswith("FR")}
    reading = read_rhapsody(table, where="bd.csv")
    assert reading.chains.is_cdr3
    assert reading.chains.junction_aa[0] == "QSTDSSGSVV"


def test_dominant_contigs_have_other_names():
    """The columns end with _Dominant."""
    table = {name if name in {"Cell_Index", "Chain_Type"} else f"{name}_Dominant": v for name, v in columns().items()}
    both = [read_rhapsody(each, where="bd.csv").chains for each in (table, columns())]
    assert both[0].junction_aa.tolist() == both[1].junction_aa.tolist()


@pytest.mark.filterwarnings("ignore")
def test_the_same_chains_as_scirpy():
    """Cells, loci, genes, counts and the productive mark; its junctions are the CDR3 of ours."""
    ir = pytest.importorskip("scirpy")
    reading = read_rhapsody(columns(), where="bd.csv")
    chains, names = reading.chains, reading.obs.index
    cdr3 = np.array([text[1:-1] for text in chains.junction_aa], dtype=object)
    fields = (chains.locus, chains.v_call, chains.j_call, chains.c_call, chains.count, chains.productive)
    ours = sorted(zip(names[chains.obs], *fields, strict=True))
    theirs, whole = [], set()
    adata = ir.io.read_bd_rhapsody(PATH)
    for name, cell in zip(adata.obs_names, adata.obsm["airr"].to_list(), strict=True):
        for chain in cell:
            values = [chain[key] for key in ("locus", "v_call", "j_call", "c_call", "umi_count", "productive")]
            theirs.append((name, *values))
            whole.add(chain["junction_aa"])
    assert ours == sorted(theirs)
    assert set(cdr3) - {""} <= whole
