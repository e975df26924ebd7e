import awkward as ak
import numpy as np
import pytest
from anndata import AnnData, read_h5ad

from rashomon.core import InputError
from rashomon.io.receptor.awkward import receptors_from_obsm, receptors_to_obsm
from rashomon.io.receptor.repair import receptors_of
from tests.chain_sample import FIXTURES, airr_frame

CHAIN = {"locus": "TRB", "junction_aa": "CASSYEQYF", "v_call": "TRBV9", "umi_count": 3, "productive": True}
FIELDS = ["junction_aa", "junction", "v_call", "d_call", "j_call", "c_call", "locus"]


def scirpy():
    """Return scirpy, the oracle of these tests; it warns of its own dependencies."""
    return pytest.importorskip("scirpy")


def same(a, b):
    """Assert that two tables hold the same texts in the same places."""
    assert a.shape == b.shape
    assert (a.fillna("").to_numpy() == b.fillna("").to_numpy()).all()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("file", "n_cells", "count"),
    [("wu2020_tcr.airr.tsv.gz", 150, "duplicate_count"), ("ards_tcr_500cells.airr.tsv.gz", 365, "umi_count")],
)
def test_scirpy_reads_what_it_wrote(file, n_cells, count):
    """From its layout to receptors and back: its primary and secondary chains are the same, field by field."""
    ir = scirpy()
    adata = ir.io.read_airr(FIXTURES / file)
    chains, _ = receptors_from_obsm(adata.obsm["airr"])
    receptors, _ = receptors_of(chains)
    assert chains.n_obs == n_cells
    back = AnnData(obs=adata.obs[[]].copy())
    back.obsm["airr"] = receptors_to_obsm(receptors, n_cells, genes="as written", count_field=count)
    for each in (adata, back):
        # of two chains with as many molecules scirpy prefers that with more reads: receptors have one count
        ir.pp.index_chains(each, sort_chains_by={count: 0, "junction": "", "junction_aa": ""})
    want, got = ir.get.airr(adata, [*FIELDS, count]), ir.get.airr(back, [*FIELDS, count])
    same(want, got)
    assert ak.all(adata.obsm["chain_indices"]["multichain"] == back.obsm["chain_indices"]["multichain"])


@pytest.mark.filterwarnings("ignore")
def test_the_chains_are_those_of_the_table():
    """In the order of the cells in which scirpy holds them."""
    ir = scirpy()
    adata = ir.io.read_airr(FIXTURES / "ards_tcr_500cells.airr.tsv.gz")
    chains, notes = receptors_from_obsm(adata.obsm["airr"])
    frame = airr_frame(FIXTURES / "ards_tcr_500cells.airr.tsv.gz")
    assert notes == ("obsm['airr']: counts of chains are umi_count",)
    assert adata.obs_names[chains.obs].tolist() == frame["cell_id"].tolist()
    for name in ("junction", "junction_aa", "v_call", "j_call", "c_call", "locus", "sequence_id"):
        assert getattr(chains, name).tolist() == frame[name].tolist()
    assert chains.count.tolist() == frame["umi_count"].astype(float).tolist()
    assert (chains.productive == 1).all()


@pytest.mark.filterwarnings("ignore:Support for Awkward Arrays")
def test_files_keep_it(tmp_path):
    """What is written to h5ad is read back the same."""
    receptors, _ = receptors_of(receptors_from_obsm(ak.Array([[CHAIN], [], [CHAIN | {"v_call": "TRBV7-9"}, CHAIN]]))[0])
    adata = AnnData(obs={"x": list("abc")})
    adata.obsm["airr"] = receptors_to_obsm(receptors, 3)
    adata.write_h5ad(tmp_path / "x.h5ad")
    back = read_h5ad(tmp_path / "x.h5ad").obsm["airr"]
    assert back.to_list() == adata.obsm["airr"].to_list()
    assert [[chain["v_call"] for chain in cell] for cell in back.to_list()] == [["TRBV9"], [], ["TRBV7-9", "TRBV9"]]
    again, _ = receptors_of(receptors_from_obsm(back)[0])
    assert again.digest == receptors.digest


def test_cells_without_chains_and_missing_values():
    """None is a cell, a chain or a value that is not there."""
    airr = ak.Array([None, [CHAIN | {"v_call": None}, None], [], [{"junction_aa": "CF", "umi_count": None}]])
    chains, _ = receptors_from_obsm(airr)
    assert chains.obs.tolist() == [1, 3]
    assert chains.v_call.tolist() == ["", ""]
    assert chains.productive.tolist() == [1, -1]
    assert chains.count.tolist()[0] == 3
    assert np.isnan(chains.count[1])
    assert chains.n_obs == 4
    assert receptors_from_obsm(ak.Array([[], []]))[0].n_chains == 0


def test_counts_are_never_mixed():
    """The first field with any value is used for all chains; without, there are none."""
    airr = ak.Array([[{"junction_aa": "CF", "umi_count": None, "duplicate_count": 5, "consensus_count": 9}]])
    chains, notes = receptors_from_obsm(airr)
    assert (chains.count.tolist(), notes) == ([5], ("obsm['airr']: counts of chains are duplicate_count",))
    chains, notes = receptors_from_obsm(ak.Array([[{"junction_aa": "CF"}]]))
    assert np.isnan(chains.count).all()
    assert notes == ("obsm['airr']: there are no counts of chains",)


def test_cdr3_are_used_where_there_are_no_junctions():
    """And known to lack their anchors."""
    chains, _ = receptors_from_obsm(ak.Array([[{"cdr3_aa": "ASSYEQY", "j_call": "TRBJ2-7"}]]))
    assert chains.is_cdr3
    assert receptors_of(chains)[0].junction_aa.tolist() == [b"CASSYEQYF"]


def bad_text():
    """Return a chain whose junction is no UTF-8."""
    text = ak.contents.NumpyArray(np.array([0xFF, 0xFE], dtype=np.uint8), parameters={"__array__": "char"})
    texts = ak.contents.ListOffsetArray(ak.index.Index64(np.array([0, 2])), text, parameters={"__array__": "string"})
    records = ak.contents.RecordArray([texts], ["junction_aa"])
    return ak.Array(ak.contents.ListOffsetArray(ak.index.Index64(np.array([0, 1])), records))


def damaged():
    """Return a list of records with an offset far beyond its data."""
    index = ak.index.Index64(np.array([0, 2, 10**9]))
    records = ak.contents.RecordArray([ak.contents.NumpyArray(np.arange(3))], ["junction_aa"])
    return ak.Array(ak.contents.ListOffsetArray(index, records))


@pytest.mark.parametrize(
    ("airr", "what"),
    [
        (damaged(), "the array is damaged: .* > len"),
        (np.zeros((3, 2)), "a ndarray is no awkward array"),
        (ak.Array([1, 2]), "the array is 2 . int64"),
        (ak.Array([[1], [2]]), "the array is 2 . var . int64"),
        (ak.Array([CHAIN]), "the array is 1 . "),
        (ak.Array([[{"v_call": "TRBV9"}]]), r"no junction; they have \['v_call'\]"),
        (ak.Array([[{"junction_aa": 5}]]), "field 'junction_aa' holds int, not text"),
        (ak.Array([[{"junction_aa": {"x": 1}}]]), "field 'junction_aa' holds dict, not text"),
        (ak.Array([[{"junction_aa": ["CAF"]}]]), "field 'junction_aa' holds .*, not text"),
        (bad_text(), "field 'junction_aa' cannot be read"),
        (ak.Array([[CHAIN | {"umi_count": "many"}]]), "field 'umi_count' holds no numbers"),
        (ak.Array([[CHAIN | {"productive": "perhaps"}]]), "other values than true and false"),
        (ak.Array([[CHAIN, 3]]), "the array is 1 . var . union"),
    ],
)
def test_other_forms_are_refused(airr, what):
    """B91: before anything is touched."""
    with pytest.raises(InputError, match=what) as caught:
        receptors_from_obsm(airr)
    assert caught.value.code == "receptor.awkward"
