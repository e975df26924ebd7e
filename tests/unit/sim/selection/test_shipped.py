import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.selection import LEARNED, learned_selection
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine


@pytest.mark.parametrize(("species", "locus"), LEARNED)
def test_the_mean_of_q_over_generation_is_one(species, locus):
    """On 100,000 chains that the fit has not seen: within 4 standard errors, one false alarm in 16,000."""
    model, selection = recombination_model(species, locus), learned_selection(species, locus)
    chains = recombine(model, stream_key(501, "mean"), np.arange(100_000))
    q = np.exp(selection.log_q(chains.junction_aa, chains.v_genes(), chains.j_genes()))
    # the normaliser is itself the mean over as many chains as the fit had
    error = q.std() * np.sqrt(1 / q.size + 1 / selection.n_generated)
    assert abs(q.mean() - 1) < 4 * error < 0.05
    assert np.maximum(q - np.exp(selection.bound), 0).mean() < 0.01


@pytest.mark.parametrize(("species", "locus"), LEARNED)
def test_it_belongs_to_the_model(species, locus):
    """The genes are those of the recombination model, in its order."""
    model, selection = recombination_model(species, locus), learned_selection(species, locus)
    assert (selection.v_genes, selection.j_genes) == (model.v_genes, model.j_genes)
    assert "Apache" in selection.source
    assert any("never observed" in note for note in selection.notes)


def test_q_is_against_cysteines_and_odd_lengths():
    """A cysteine inside, a junction of 8 and one of 22 residues have a lower Q than the usual one."""
    selection = learned_selection("human", "TRB")
    chains = np.array([b"CASSLGQAYEQYF", b"CASSLGCAYEQYF", b"CASSEQYF", b"CASSLGQAGTSGGGTSGAYEQYF"])
    log_q = selection.log_q(chains, ["TRBV7-9"] * 4, ["TRBJ2-7"] * 4)
    assert (log_q[0] > log_q[1:] + 1).all()


def test_what_was_not_learned_is_said():
    """With what was."""
    with pytest.raises(UsageError, match="no selection was learned for mouse TRB") as caught:
        learned_selection("mouse", "TRB")
    assert "human TRB" in str(caught.value)


def test_it_cannot_be_changed():
    """It is shared by everybody who asks."""
    selection = learned_selection("human", "TRB")
    assert selection is learned_selection("human", "TRB")
    with pytest.raises(ValueError, match="read-only"):
        selection.weights["v"][0] = 1.0
