import numpy as np
import pytest

from rashomon.io.receptor.changeo import read_changeo
from rashomon.io.receptor.table import read_text_table
from tests.architecture.source import ROOT

PATH = ROOT / "data" / "fixtures" / "airr_examples" / "bracer_changeodb.tab"


def test_names_of_change_o_are_those_of_airr():
    """The locus is a letter, None is missing, and TPM is no count."""
    reading = read_changeo(read_text_table(PATH), where="b.tab")
    assert (reading.item, reading.chains.n_obs, reading.chains.n_chains) == ("cell", 6, 9)
    assert reading.chains.locus[:2].tolist() == ["IGH", "IGK"]
    assert "None" not in reading.chains.d_call
    assert np.isnan(reading.chains.count).all()


def test_clones_and_counts_keep_their_meaning():
    """CLONE, DUPCOUNT and FUNCTIONAL of a bulk table."""
    table = {
        "SEQUENCE_ID": ["a", "b"], "V_CALL": ["IGHV3-23*01"] * 2, "JUNCTION": ["TGTGCG"] * 2, "FUNCTIONAL": ["T", "F"],
        "DUPCOUNT": ["3", "4"], "CLONE": ["1", "1"],
    }  # fmt: skip
    reading = read_changeo({name: np.array(values, dtype=object) for name, values in table.items()}, where="c.tab")
    assert reading.chains.count.tolist() == [3.0, 4.0]
    assert reading.chains.productive.tolist() == [1, 0]
    assert reading.obs["clone_id"].tolist() == ["1", "1"]


@pytest.mark.filterwarnings("ignore")
def test_the_same_chains_as_scirpy():
    """Cells, loci, nucleotides, genes and the productive mark, as from BraCeR."""
    ir = pytest.importorskip("scirpy")
    reading = read_changeo(read_text_table(PATH), where="b.tab")
    chains, names = reading.chains, reading.obs.index
    fields = (chains.locus, chains.junction, chains.v_call, chains.d_call, chains.j_call, chains.productive)
    ours = sorted(zip(names[chains.obs], *fields, strict=True))
    adata = ir.io.read_bracer(PATH)
    keys = ("locus", "junction", "v_call", "d_call", "j_call", "productive")
    theirs = [
        (name, *("" if chain[key] is None else chain[key] for key in keys))
        for name, cell in zip(adata.obs_names, adata.obsm["airr"].to_list(), strict=True)
        for chain in cell
    ]
    assert ours == sorted(theirs)
