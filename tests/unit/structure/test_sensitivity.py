"""What would have been found is what is found when it is planted."""

import numpy as np
import pytest

from rashomon.structure import sensitivity
from rashomon.structure.residual import residuals
from rashomon.structure.sensitivity import detectable
from rashomon.structure.spectrum import spectrum_test
from tests.structure_sample import sample


def found_by(counts, *, rng):
    """What would have been found in these counts."""
    found = residuals(counts)
    return detectable(found, spectrum_test(found, n_permutations=19, rng=rng))


def test_more_cells_show_smaller_groups(rng):
    """With eight times the cells fewer markers are needed."""
    few, many = (found_by(sample("plain", rng, n=n, g=200, total=400).counts, rng=rng) for n in (200, 1600))
    assert few.share == many.share == 0.1
    assert many.n_markers < few.n_markers


def test_shallow_cells_show_nothing(rng, monkeypatch):
    """Where the markers a gene list may have would not do for half of the cells either, the sentence says so."""
    monkeypatch.setattr(sensitivity, "_MOST", 3)
    said = found_by(sample("plain", rng, n=60, g=60, total=8).counts, rng=rng)
    assert np.isnan(said.n_markers)
    assert "more cells or deeper ones" in said.sentence


def test_sentence_says_what_the_fields_say(rng):
    """Share, markers, fold and mean are in the sentence."""
    said = found_by(sample("plain", rng, n=300, g=200).counts, rng=rng)
    assert f"{said.share:.0%}".replace("%", " %") in said.sentence
    assert f"{said.n_markers:.0f} markers at 4-fold" in said.sentence
    assert said.mean == pytest.approx(float(f"{said.mean:.2g}"), rel=0.05)
