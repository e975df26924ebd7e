import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.perturb import PERTURBATIONS, replicates

DONORS = np.repeat(np.arange(8), 5).astype(np.int32)


def test_ladder_order():
    """The registry lists perturbations from the mildest to the harshest, as the ladder has them."""
    of_cells = [name for name, record in PERTURBATIONS.items() if "expression" in record.domains]
    of_receptors = [name for name, record in PERTURBATIONS.items() if "receptors" in record.domains]
    assert of_cells == ["seed", "graph_jitter", "thinning", "subsample", "halves", "donor_block"]
    assert set(of_receptors) - set(of_cells) == {"sequencing_error", "clone_copies", "study_block"}
    rungs = [perturbation.rung for perturbation in PERTURBATIONS.values()]
    assert rungs == sorted(set(rungs))


@pytest.mark.parametrize("name", list(PERTURBATIONS))
def test_record_is_honest(name):
    """What acts on the data has a step of the same name; what does not has none."""
    perturbation = PERTURBATIONS[name]
    assert (perturbation.step is None) == (perturbation.place == "seed")
    assert perturbation.step is None or perturbation.step.name == name
    assert perturbation.place != "graph" or perturbation.step.reads == ("graph",)
    assert perturbation.summary.endswith(".")


def test_intervals_come_from_complementary_halves_only():
    """Overlapping samples and noise of a chosen size have a spread that is no interval."""
    wide = [name for name, record in PERTURBATIONS.items() if record.interval]
    assert wide == ["halves", "donor_block", "study_block"]


@pytest.mark.parametrize("name", list(PERTURBATIONS))
@pytest.mark.parametrize("n", [0, 1, 4, 9])
def test_replicates_are_distinct_and_at_least_as_many_as_asked(name, n, rng):
    """No replicate occurs twice; pairs round up; none is planned where none is asked for."""
    planned = replicates(PERTURBATIONS[name], n=n, donors=DONORS, rng=rng)
    assert n <= len(planned) <= n + 1
    assert len({str(params) for params in planned}) == len(planned)


@pytest.mark.parametrize("name", list(PERTURBATIONS))
def test_replicates_repeat_with_the_same_stream(name):
    """The plan depends on the stream and on nothing else."""
    plans = [replicates(PERTURBATIONS[name], n=6, donors=DONORS, rng=np.random.default_rng(5)) for _ in range(2)]
    assert plans[0] == plans[1]


def test_refuses_a_negative_number(rng):
    """Fewer than no replicates cannot be planned."""
    with pytest.raises(UsageError, match="n is -1"):
        replicates(PERTURBATIONS["seed"], n=-1, rng=rng)


def test_refuses_missing_donors(rng):
    """A perturbation that needs donors says so instead of planning nothing."""
    for name, column in (("donor_block", "donor"), ("study_block", "batch")):
        with pytest.raises(UsageError, match=f"'{name}' needs a {column} column"):
            replicates(PERTURBATIONS[name], n=2, rng=rng)
