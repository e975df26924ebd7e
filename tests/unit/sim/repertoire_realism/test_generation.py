import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.repertoire_realism.generation import log10_probability
from rashomon.sim.repertoire_realism.prepared import UndefinedPropertyError
from tests.repertoire_sample import prepared, receptors


def test_the_function_gets_a_sample(rng):
    """As many receptors as asked for, with their genes."""
    (one,) = prepared(receptors(90, rng), log10_pgen=lambda aa, v, j: -np.strings.str_len(aa).astype(float), n_pgen=20)
    assert log10_probability(one).tolist() == (-one.lengths[:20]).tolist()


def test_without_a_function_it_is_undefined(rng):
    """Nothing is guessed."""
    with pytest.raises(UndefinedPropertyError, match="no function"):
        log10_probability(prepared(receptors(90, rng))[0])


@pytest.mark.parametrize(
    "given", [lambda aa, v, j: np.full(aa.size, np.nan), lambda aa, v, j: np.zeros(3)], ids=["NaN", "three"]
)
def test_wrong_answers_are_refused(rng, given):
    """NaN and another number of values are errors, minus infinity is none."""
    with pytest.raises(UsageError, match="log10_pgen returned shape"):
        log10_probability(prepared(receptors(90, rng), log10_pgen=given, n_pgen=20)[0])
    (fine,) = prepared(receptors(90, rng), log10_pgen=lambda aa, v, j: np.full(aa.size, -np.inf), n_pgen=20)
    assert np.isneginf(log10_probability(fine)).all()
