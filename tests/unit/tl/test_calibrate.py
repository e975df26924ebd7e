import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from rapidfuzz.distance import Hamming

from rashomon.core import UsageError
from rashomon.io.receptor.modality import write_airr_obsm
from rashomon.io.receptor.read import receptors_from_frame
from rashomon.tl.calibrate import calibrate_cutoff

LETTERS = list("ADEGSTQNR")


@pytest.fixture(scope="module")
def table():
    """240 beta chains of three epitopes and eight studies; half carry the motif of their epitope."""
    rng = np.random.default_rng(3)
    inner = rng.choice(LETTERS, (240, 7))
    epitope, motif = rng.integers(0, 3, 240), rng.random(240) < 0.5
    inner[motif] = rng.choice(LETTERS, (3, 7))[epitope[motif]]
    for row in np.flatnonzero(motif):
        inner[row, rng.integers(0, 7)] = rng.choice(LETTERS)
    frame = pd.DataFrame({"junction_aa": ["CAS" + "".join(row) + "EQFF" for row in inner]})
    frame["v_call"] = rng.choice(["TRBV9*01", "TRBV28*01", "TRBV5-1*01"], 240)
    frame["j_call"] = "TRBJ2-1*01"
    frame["epitope"], frame["study"] = [f"E{k}" for k in epitope], [f"S{k}" for k in rng.integers(0, 8, 240)]
    return frame


def call(table, **changes):
    """With the columns named."""
    return calibrate_cutoff(table, truth="epitope", study_key="study", **changes)


def test_the_counts_are_those_of_brute_force(table):
    """Unique receptors per study, pairs of different studies, Hamming distance of the junctions."""
    found = call(table)
    unique = table.drop_duplicates(["junction_aa", "v_call", "study"]).to_numpy()
    rows = [(a, b) for k, a in enumerate(unique) for b in unique[:k] if a[4] != b[4]]
    for cutoff in range(4):
        near = [(a, b) for a, b in rows if Hamming.distance(a[0], b[0]) <= cutoff]
        line = found.table.iloc[cutoff]
        assert (line["cutoff"], line["n_pairs"]) == (cutoff, len(near))
        assert line["n_same"] == sum(a[3] == b[3] for a, b in near)
    assert found.table["lr"].iloc[1] > 3
    assert (found.n_labels, found.n_studies) == (3, 8)


def test_a_table_with_every_row_doubled_says_the_same(table):
    """Copies within a donor are one receptor."""
    twice = pd.concat([table, table], ignore_index=True)
    pd.testing.assert_frame_equal(call(table).table, call(twice).table)


def test_a_common_gene_is_a_condition_of_a_link(table):
    """Fewer pairs, the same denominators: the rates are those of both conditions together."""
    free, tied = call(table, max_cutoff=1).table, call(table, max_cutoff=1, v_match="gene").table
    assert (tied["n_pairs"] < free["n_pairs"]).all()
    np.testing.assert_allclose(tied["n_same"] / tied["same_rate"], free["n_same"] / free["same_rate"])


@pytest.mark.filterwarnings("ignore:Support for Awkward Arrays")  # anndata says so of every one
def test_files_frames_and_data_sets_are_one(table, tmp_path):
    """However the receptors come in: paths, data sets, cells of an AnnData."""
    expected = call(table, max_cutoff=1)
    table.to_csv(tmp_path / "t.tsv", sep="\t", index=False)
    dataset = receptors_from_frame(table, truths=["epitope"])
    adata = AnnData(obs=table[["epitope", "study"]].set_axis(dataset.obs_names))
    write_airr_obsm(adata, dataset)
    for given in (tmp_path / "t.tsv", str(tmp_path / "t.tsv"), dataset, adata):
        pd.testing.assert_frame_equal(call(given, max_cutoff=1).table, expected.table)


def test_the_same_root_gives_the_same_shuffles(table):
    """And another one other shuffles; only the background differs."""
    a, b, c = (call(table, rng=rng).table for rng in (1, 1, 2))
    pd.testing.assert_frame_equal(a, b)
    assert not a["matched_rate"].equals(c["matched_rate"])
    assert a["same_rate"].equals(c["same_rate"])


def test_blood_is_a_background(table):
    """Unselected receptors of several donors, compared between them."""
    pool = table.drop(columns=["epitope", "study"]).assign(donor=[f"D{k % 3}" for k in range(240)])
    found = call(table, unselected=pool, against="blood", max_cutoff=2).table
    assert (found["background_rate"] == found["blood_rate"]).all()
    rows = pool.drop_duplicates().to_numpy()
    pairs = [(a, b) for k, a in enumerate(rows) for b in rows[:k] if a[3] != b[3]]
    near = sum(Hamming.distance(a[0], b[0]) <= 2 for a, b in pairs)
    assert found["blood_rate"].iloc[-1] == pytest.approx(near / len(pairs))


def test_tcrdist_has_cutoffs_of_its_own(table):
    """In steps of 6 up to 36; near pairs share an epitope more often."""
    found = call(table, metric="tcrdist").table
    assert found["cutoff"].tolist() == [0, 6, 12, 18, 24, 30, 36]
    assert (found["n_pairs"].diff().dropna() >= 0).all()
    assert found["lr"].iloc[2] > 1


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"metric": "hamning"}, "unknown metric 'hamning'"),
        ({"v_match": "allele"}, "unknown v_match 'allele'"),
        ({"max_cutoff": -1}, "max_cutoff is -1"),
        ({"against": "blood"}, "no background 'blood'"),
    ],
)
def test_refuses_what_it_does_not_know(table, wrong, match):
    """Before anything is read, or before the fit."""
    with pytest.raises(UsageError, match=match):
        call(table, **wrong)


def test_names_that_a_data_set_lacks_are_told(table):
    """Truths and columns, with the nearest."""
    dataset = receptors_from_frame(table, truths=["epitope", "v_call"])
    with pytest.raises(UsageError, match="no truth 'epitop'"):
        calibrate_cutoff(dataset, truth="epitop", study_key="study")
    with pytest.raises(UsageError, match="no column 'studi'"):
        calibrate_cutoff(dataset, truth="epitope", study_key="studi")
