import anndata as ad
import numpy as np
import pandas as pd
import pytest

from rashomon.core import UsageError
from rashomon.dataset import Dataset, Roles, Truth
from rashomon.truth import Coarsening, TruthSpec, compare, derive, gather
from tests.sample import refused

N = 240
INDEX = [f"c{i}" for i in range(N)]
OBS = pd.DataFrame(
    {
        "type": np.tile(["CD4 T", "CD8 T", "B"], N // 3),
        "lineage": np.tile(["T", "T", "B"], N // 3),
        "time": np.arange(N) / N,
        "donor": np.repeat([f"d{i}" for i in range(8)], N // 8),
    },
    index=INDEX,
)


def adata(**uns):
    protein = pd.DataFrame({"CD3": np.tile([5.0, 5.0, 0.0], N // 3)}, index=INDEX)
    return ad.AnnData(obs=OBS.copy(), obsm={"protein": protein}, uns=uns)


def test_anndata_and_dataset_give_the_same_table():
    """Only labels are read."""
    of_adata = compare(adata(), truths=["type", "lineage"])
    of_dataset = compare(Dataset(OBS), truths=["type", "lineage"])
    pd.testing.assert_frame_equal(of_adata, of_dataset)
    assert of_adata.loc[0, "relation"] == "refines"


def test_the_file_declares_truths_when_the_call_does_not():
    """With their kinds and origins; what is made from the expression comes last."""
    uns = {"rashomon": {"truths": {"type": "annotation:expression", "lineage": "biological"}}}
    table = compare(adata(**uns))
    assert table.loc[0, ["truth_a", "truth_b", "circular"]].tolist() == ["lineage", "type", "type"]


def test_recipes_are_compared_with_columns():
    """A gate on obsm, a quantile of obs, a mapping in Python."""
    mapped = TruthSpec("coarse", recipe=Coarsening("type", {"CD4 T": "T", "CD8 T": "T", "B": "B"}))
    gate = "gate=threshold(protein:CD3>=1 as T, protein:CD3<1 as B)=annotation:protein"
    table = compare(adata(), truths=["lineage", gate, mapped]).set_index(["truth_a", "truth_b"])
    assert (table["relation"] == "same").all()
    assert table.loc[("lineage", "coarse"), "derivation"] == ""
    assert derive(adata(), "half=quantile(time, 2)").categories[0].startswith("q1 (0 to 0.49")


def test_a_data_set_is_compared_by_its_truths_and_its_donors():
    """The role donor gives the blocks; truths that exist are not read anew; a recipe may use them."""
    truths = {"type": Truth.from_series(OBS["type"], derived_from="expression")}
    donor = Truth.from_series(OBS["donor"], kind="technical")
    data = Dataset(OBS, truths=truths, roles=Roles(donor=donor))
    table = compare(data, truths=["type", "both=cross(type, lineage)"])
    assert table.loc[0, "over"] == "200 half-samples of 8 donors"
    assert table.loc[0, "circular"] == "type, both"
    assert gather(data)["type"] is truths["type"]
    assert compare(Dataset(OBS), truths=["type", "lineage"], donor_key="donor").loc[0, "over"].endswith("8 donors")


def test_strata_are_named_by_their_column():
    """Within donors nothing changes for labels that do not differ between them."""
    table = compare(Dataset(OBS), truths=["type", "lineage"], strata_key="donor")
    assert table.loc[0, "relation"] == "refines"
    with refused("label.absent", what="there is no column 'donr'", where="obs, for strata"):
        compare(Dataset(OBS), truths=["type", "lineage"], strata_key="donr")


def test_one_truth_is_not_enough():
    """The columns are listed; nor is something without labels."""
    with pytest.raises(UsageError, match="1 truths cannot be compared") as caught:
        compare(adata(), truths=["type"])
    assert "type, lineage" in caught.value.fix
    with pytest.raises(UsageError, match="a list holds no labels"):
        compare([1, 2], truths=["type", "lineage"])


def test_only_recipes_are_derived():
    """A column is there already."""
    with pytest.raises(UsageError, match="'type' is no derived truth"):
        derive(adata(), "type")


def test_the_same_root_gives_the_same_table():
    """And another one other intervals."""
    first, again, other = (compare(Dataset(OBS), truths=["type", "lineage"], rng=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)
