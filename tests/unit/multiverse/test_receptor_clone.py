import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from rashomon.cluster.clonotype import define_clonotypes
from rashomon.core import UsageError
from rashomon.dataset import owners, unique_receptors
from rashomon.multiverse import Executor, Wishes, collect, receptor_multiverse, slots_of
from rashomon.multiverse.base import label_units
from rashomon.multiverse.receptor_clone import CLONE, CLONE_DISTANCE
from rashomon.multiverse.receptor_path import cutoff_of, distance_path
from tests.receptor_sample import receptors, table

CODON = dict(zip("CARDGYSFW", ("TGT", "GCG", "AGA", "GAT", "GGT", "TAC", "AGC", "TTC", "TGG"), strict=True))


def families(rng, *, n=12, size=6, nucleotides=True):
    """Heavy chains of three donors: families that mutated without a change of residue, in two V genes."""
    aa, nt, v, donor = [], [], [], []
    for family in range(n):
        seed = "CAR" + "".join(rng.choice(list("DGYS"), 12)) + "FDYW"
        for _ in range(size):
            text = list("".join(CODON[residue] for residue in seed))
            for place in rng.choice(np.arange(11, 44, 3), 2, replace=False):
                text[place] = str(rng.choice(list("CT")))
            aa.append(seed)
            nt.append("".join(text))
            v.append(f"IGHV{family % 2 + 1}-2*01")
            donor.append(f"d{family % 3}")
    chains = receptors(aa, v=v, j=["IGHJ4*02"] * len(aa), locus="IGH", nt=nt if nucleotides else None)
    return unique_receptors(table(chains, donor=donor))[0]


def test_heavy_chains_are_clustered_by_the_clone_rule(rng):
    """The default is that of Gupta et al.; shares and alleles are its alternatives; amino acids are not offered."""
    multiverse = receptor_multiverse(families(rng))
    assert multiverse.default == {
        "chain": "vdj", "unit": "nucleotides", "lengths": "any", "clusterer": "component", "distance": CLONE,
        "v_match": "gene", "share": 0.15,
    }  # fmt: skip
    assert multiverse["v_match"].levels == ("gene", "allele")
    assert set(multiverse["share"].levels) >= {0.15, 0.1, 0.2}
    assert multiverse["share"].granularity
    assert all(multiverse.branch(pipeline) == "" for pipeline in multiverse)
    assert ("distance", "hamming") in {(entry.choice, entry.level) for entry in multiverse.not_run}


def test_every_budget_runs_and_gives_the_declared_clonotypes(rng):
    """All pipelines end; the default gives the clones of the definition ``bcr``, made by other code."""
    data = families(rng)
    multiverse = receptor_multiverse(data, budget="full")
    executor, units = Executor(slots_of(data), 0), label_units(multiverse)
    found = collect(
        units, executor.run(units, task="t"), executor.keys(units), obs_names=data.obs_names, item="receptor"
    )
    assert set(found.runs["status"]) == {"ok"}
    ours = found.labels[:, 0]
    theirs = define_clonotypes(data.receptors, data.n_obs, "bcr", donor=owners(data))
    alone = 1_000 + np.arange(ours.size)
    assert adjusted_rand_score(np.where(ours < 0, alone, ours), theirs) == 1.0


def test_without_nucleotides_only_equal_junctions_are_left(rng):
    """There is no clone rule, which is said; what is left answers another question."""
    multiverse = receptor_multiverse(families(rng, nucleotides=False))
    assert multiverse["distance"].levels == ("identity",)
    assert multiverse.branch(multiverse.default) == "distance=identity"
    reasons = {entry.level: entry.because for entry in multiverse.not_run if entry.choice == "distance"}
    assert reasons[CLONE] == "100% of the heavy chains have no nucleotides (column junction)"


def test_light_chains_alone_have_no_clones():
    """Light chains are shared by strangers: without heavy ones there is no clone rule."""
    light = receptors(["CQQYGSSPWTF", "CQQYGSSPFTF"], v=["IGKV3-20*01"] * 2, locus="IGK", nt=["TGT" * 11] * 2)
    multiverse = receptor_multiverse(unique_receptors(table(light))[0])
    assert multiverse.default["chain"] == "vj"
    assert "heavy chains" in next(entry.because for entry in multiverse.not_run if entry.level == CLONE)


def test_amino_acids_are_refused_by_name(rng):
    """Asked for, a distance of amino acids is an error with the reason."""
    with pytest.raises(UsageError, match="amino acids within an edit are no clone") as refused:
        receptor_multiverse(families(rng), wishes=Wishes({"distance": ["levenshtein"]}))
    assert refused.value.code == "clonotype.bcr"


def test_the_path_measures_shares():
    """One step, with the share as its cutoff and the level at which V must agree."""
    (call,) = distance_path({"distance": CLONE, "share": 0.2, "v_match": "allele"})
    assert (call.step, dict(call.params)) == (CLONE_DISTANCE, {"cutoff": 0.2, "v": "allele"})
    assert cutoff_of({"distance": CLONE, "share": 0.1}) == 0.1
