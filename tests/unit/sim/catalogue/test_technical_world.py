import pandas as pd
import pytest

from rashomon.score import score
from rashomon.sim.catalogue.technical_world import TECHNICAL_WORLDS
from rashomon.sim.judge import judge

WORLDS = {entry.name: entry.world for entry in TECHNICAL_WORLDS}


@pytest.mark.parametrize(
    ("name", "truth"),
    [("batches", "batch"), ("batch_aliased", "batch"), ("nested_donors", "donor"), ("cell_cycle", "phase")],
)
def test_the_nuisance_is_a_truth(name, truth):
    """What competes with the type is declared, so that clusters can be compared with it."""
    assert truth in WORLDS[name].truths


def test_aliased_means_the_same_partition_and_confounded_does_not():
    """Type and batch are one partition where aliased; where confounded, some cells tell them apart."""
    agreement = {}
    for name in ("batch_aliased", "batch_confounded"):
        obs = WORLDS[name].sample(400, rng=2).obs
        codes = [pd.factorize(obs[column])[0].astype("int32") for column in ("type", "batch")]
        agreement[name] = score("ari", *codes).value
    assert agreement["batch_aliased"] == 1.0
    assert 0.5 < agreement["batch_confounded"] < 0.85


def test_donors_lie_within_batches():
    """In the nested world no donor is in two batches."""
    obs = WORLDS["nested_donors"].sample(300, rng=2).obs
    assert (obs.groupby("donor", observed=True)["batch"].nunique() == 1).all()


def test_a_seventh_of_the_droplets_are_doublets():
    """The world of doublets has the share that its summary says: 1 - exp(-0.15)."""
    obs = WORLDS["doublets"].sample(rng=3).obs
    assert (obs["doublet"] == "doublet").mean() == pytest.approx(0.139, abs=0.035)


@pytest.mark.parametrize(
    ("name", "nuisance"), [("ambient", "ambient"), ("batch_confounded", "batch_effect"), ("cell_cycle", "cycle_effect")]
)
def test_without_the_nuisance_the_types_are_found(name, nuisance):
    """What goes wrong goes wrong by the nuisance alone: without it the same cells are clustered by type."""
    found = judge(WORLDS[name].do(**{nuisance: 0}).sample(rng=0), scores=["ari"], truths=["type"], rng=0)
    assert found["value"][0] > 0.9
