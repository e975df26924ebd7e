import numpy as np
import pytest

from rashomon.sim.repertoire_realism.catalogue import PROPERTIES
from rashomon.sim.repertoire_realism.distance import DISTANCES
from rashomon.sim.repertoire_realism.neighbour import curve_sizes
from tests.repertoire_sample import prepared, receptors


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_property_runs_and_says_what_it_is(rng, name):
    """It has values for repertoires with counts and Pgen, its distance exists, and curves have one value per size."""
    record = PROPERTIES[name]
    assert record.distance in DISTANCES
    assert record.summary.endswith(".")
    # four residues, so that there are neighbours
    letters = {"letters": "A" * 40 + "S"}
    group = prepared(
        *(receptors(400, rng, counts=True, **letters) for _ in range(2)),
        n=100,
        depth=200,
        log10_pgen=lambda aa, v, j: -np.strings.str_len(aa).astype(float),
        n_pgen=20,
    )
    found = record.describe(group, group)
    assert found.reason == ""
    assert len(found.values) == 2
    assert np.isfinite(record.between(*found.values))
    assert not record.curve or found.values[0].shape == curve_sizes(100).shape


def test_the_classifier_does_not_rank():
    """It has a rank of its own."""
    assert [name for name, record in PROPERTIES.items() if not record.ranks] == ["auc"]
