"""The audit of receptors: every source gives the same receptors, every row comes back, refusals before the work."""

from functools import cache

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from rashomon.core import InputError, UsageError, silent
from rashomon.dataset import unique_receptors
from rashomon.io import write_airr_obsm
from rashomon.tl.receptor import ROWS, audit_receptors, plan_receptors, receptor_dataset
from tests.receptor_sample import planted, receptors, table

NAMED = {"truths": ["epitope=biological:external"], "donor_key": "donor", "batch_key": "batch"}
# anndata says once that it may change how it holds awkward arrays, which is how scirpy holds receptors
pytestmark = pytest.mark.filterwarnings("ignore:Support for Awkward Arrays")

SMALL = {
    "multiverse": {"distance": ["hamming"], "clusterer": ["component"], "v_match": ["none"]},
    "n_replicates": 2,
    "n_jobs": 1,
    "announce": silent,
    "progress": silent,
}


@cache
def rows():
    """Planted receptors, the first two of which are one receptor of one donor, and a row without a junction."""
    found = planted(np.random.default_rng(6), n_families=6, n_members=8, n_orphans=40)
    columns = pd.DataFrame({"aa": found.receptors.junction_aa.astype(str), "v": found.receptors.v.texts})
    columns = columns.join(found.obs.reset_index(drop=True)).drop_duplicates(["aa", "v", "donor"], ignore_index=True)
    columns.loc[1] = columns.loc[0]
    columns.loc[20, "aa"] = ""
    chains = receptors(columns["aa"].tolist(), v=columns["v"].tolist())
    donor = columns["donor"].tolist()
    return table(chains, donor=donor, batch=[f"s{name[1:]}" for name in donor], epitope=columns["epitope"].tolist())


def frame():
    """The same as a table with the columns of AIRR."""
    chains, obs = rows().receptors, rows().obs
    return pd.DataFrame(
        {
            "sequence_id": obs.index,
            "locus": "TRB",
            "v_call": chains.v.texts,
            "j_call": chains.j.texts,
            "junction_aa": chains.junction_aa.astype(str),
            "productive": "T",
            "epitope": obs["epitope"].to_numpy(),
            "donor": obs["donor"].to_numpy(),
            "batch": obs["batch"].to_numpy(),
        }
    )


def adata():
    """The same as cells of an AnnData, in the layout of scirpy."""
    obs = frame()[["epitope", "donor", "batch"]].set_index(rows().obs.index)
    found = ad.AnnData(obs=obs)
    write_airr_obsm(found, rows())
    return found


def audit(data, **more):
    """A small audit."""
    return audit_receptors(data, **{**SMALL, **more})


@cache
def audited():
    """The audit of the table in memory."""
    return audit(frame(), **NAMED)


def same_receptors(found, expected):
    """Junctions, genes, epitopes and donors of the unique receptors are the same, in the same order."""
    one, other = unique_receptors(found)[0], unique_receptors(expected)[0]
    assert one.n_obs == other.n_obs
    for name in ("junction_aa", "locus", "productive", "obs"):
        assert getattr(one.receptors, name).tolist() == getattr(other.receptors, name).tolist()
    assert one.receptors.v.texts.tolist() == other.receptors.v.texts.tolist()
    assert list(one.truths) == ["epitope"]
    assert [truth.name for _, truth in one.roles] == ["donor", "batch"]
    assert one.truths["epitope"].codes.tolist() == other.truths["epitope"].codes.tolist()
    assert one.roles.donor.codes.tolist() == other.roles.donor.codes.tolist()


@pytest.mark.parametrize("kind", ["frame", "tsv", "adata", "h5ad"])
def test_every_source_has_the_same_receptors(kind, tmp_path):
    """A table, a file of it, an AnnData and a file of that are one data set."""
    source = adata() if kind in {"adata", "h5ad"} else frame()
    if kind == "tsv":
        source.to_csv(tmp_path / "a.tsv", sep="\t", index=False)
    if kind == "h5ad":
        source.write_h5ad(tmp_path / "a.h5ad")
    found = receptor_dataset(tmp_path / f"a.{kind}" if kind in {"tsv", "h5ad"} else source, **NAMED)
    assert found.item == ("cell" if kind in {"adata", "h5ad"} else "row")
    assert found.obs_names.tolist() == rows().obs_names.tolist()
    same_receptors(found, receptor_dataset(frame(), **NAMED))


def test_a_data_set_is_taken_as_it_is():
    """Its labels and rows are its own: naming others is an error, not ignored."""
    assert receptor_dataset(rows()) is rows()
    with pytest.raises(UsageError, match="truths has no effect on a data set"):
        receptor_dataset(rows(), truths=["epitope"])
    with pytest.raises(UsageError, match="within has no effect on a data set"):
        audit(rows(), within={"batch": "s1"})


def test_cells_have_the_answers_of_the_table():
    """The audit of an AnnData has the clusters, scores and words of that of the table, to the last digit."""
    found, expected = audit(adata(), **NAMED), audited()
    assert found.judged.codes.tolist() == expected.judged.codes.tolist()
    for name in ("receptor_scores", "beyond", "percolation", "curves", "receptor_clusters", ROWS):
        pd.testing.assert_frame_equal(found.tables[name], expected.tables[name], check_exact=True, obj=name)


def test_every_row_comes_back_in_its_order():
    """Copies lead to one receptor, a row without a junction to none, and a row has the cluster of its receptor."""
    found = audited()
    back = found.tables[ROWS]
    assert back["row"].tolist() == frame()["sequence_id"].tolist()
    assert back.loc[0, "receptor"] == back.loc[1, "receptor"] == "r0"
    assert back.loc[20, ["receptor", "label", "verdict"]].tolist() == ["", "", ""]
    assert np.isnan(back.loc[20, "stability"])
    assert found.dataset.n_obs == len(frame()) - 2
    labels = dict(zip(found.dataset.obs_names, found.judged.codes, strict=True))
    known = back[back["receptor"] != ""]
    assert known["label"].tolist() == ["" if labels[name] < 0 else str(labels[name]) for name in known["receptor"]]


def test_planted_families_are_found():
    """Clusters hold members of one family: the epitope is followed better than shuffled labels are."""
    scores = audited().tables["receptor_scores"].query("truth == 'epitope' and strata == ''").set_index("score")
    assert scores.loc["purity", "value"] == 1.0
    assert scores.loc["purity", "p"] < 0.05
    assert scores.loc["retention", "value"] > scores.loc["retention", "random_mean"]


def test_labels_of_a_column_are_judged():
    """The clusters of the user as they are; a word for "no cluster", and copies in two clusters, are in none."""
    data = frame()
    data["mine"] = np.where(np.arange(len(data)) < 16, "left", "right")
    data.loc[30:, "mine"] = "ambient"
    data.loc[1, "mine"] = "right"
    found = audit(data, labels="mine", unassigned=["ambient"], **NAMED)
    assert (found.judged.name, found.judged.own, found.judged.categories) == ("mine", True, ("left", "right"))
    assert np.bincount(found.judged.codes[found.judged.codes >= 0]).tolist() == [14, 13]
    expected = data["mine"].replace("ambient", "")
    expected[[0, 1, 20]] = ""
    assert found.tables[ROWS]["label"].tolist() == expected.tolist()
    assert set(found.dataset.truths) == {"epitope", "v_gene"}


def test_a_part_of_the_rows_is_audited():
    """Only the rows with a value are data; in a table they are counted before anything else is looked at."""
    n = int((frame()["batch"].isin(["s0", "s1", "s2"])).sum())
    for source in (frame(), adata()):
        found = receptor_dataset(source, **NAMED, within={"batch": ["s0", "s1", "s2"]})
        assert found.n_obs == n
        assert found.roles.batch.categories == ("s0", "s1", "s2")


def test_a_plan_runs_nothing_and_says_all():
    """The tree, the multiverse, and the whole audit; fewer repeats are fewer runs."""
    small = {name: SMALL[name] for name in ("multiverse", "n_jobs")}
    found = plan_receptors(frame(), **NAMED, **small)
    assert found[0].startswith("chain: vdj*")
    assert [line for line in found if "clusterer: component*" in line]
    assert found[-1].startswith("the whole audit: ")
    runs = [
        int(plan_receptors(frame(), **NAMED, **{**small, "multiverse": {"clusterer": ["leiden"]}}, n_replicates=n)[-1]
            .split()[3].replace(",", ""))
        for n in (2, 9)
    ]  # fmt: skip
    assert runs[0] < runs[1]


def test_a_plan_has_the_arguments_of_an_audit():
    """A word that the audit does not know is an error, with the nearest."""
    with pytest.raises(UsageError, match=r"(?s)unknown argument 'donor_kee'.*did you mean 'donor_key'"):
        plan_receptors(frame(), donor_kee="donor")


@pytest.mark.parametrize(
    ("arguments", "error", "what"),
    [
        ({"truths": ["epitop"]}, InputError, "there is no column 'epitop'"),
        ({"donor_key": "doner"}, InputError, "there is no column 'doner'"),
        ({"labels": "mine"}, InputError, "there is no column 'mine'"),
        ({"within": {"batch": "s9"}}, UsageError, "'s9'"),
        ({"within": {"studdy": "s1"}}, UsageError, "there is no column 'studdy'"),
        ({"multiverse": {"distance": ["blosum"]}}, UsageError, "distance has no level 'blosum'"),
        ({"pipeline": {"distance": "hamming"}}, UsageError, "pipeline= says how given labels were made"),
        ({"n_replicates": 1}, UsageError, "n_replicates is 1"),
    ],
)
def test_what_cannot_be_is_refused_before_the_work(arguments, error, what):
    """Columns, values, levels and numbers that are not there."""
    with pytest.raises(error, match=what):
        audit(frame(), **{**NAMED, **arguments})


def test_labels_of_one_receptor_are_refused():
    """A clustering that labels fewer than two receptors cannot be judged; copies in two clusters are in none."""
    data = frame()
    for name in ("v_call", "junction_aa", "donor"):
        data.loc[:3, name] = data.loc[0, name]
    data["mine"] = ["a", "a", "b", "b", *["unknown"] * (len(data) - 4)]
    with pytest.raises(UsageError, match="'mine' labels fewer than two receptors"):
        audit(data, labels="mine", **NAMED)


def test_cells_without_receptors_are_refused():
    """An AnnData without obsm['airr'] has nothing to cluster by sequence."""
    with pytest.raises((InputError, UsageError), match="airr"):
        audit(ad.AnnData(obs=adata().obs), **NAMED)
