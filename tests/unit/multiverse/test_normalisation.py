"""Normalisations name steps that exist, and what they can start from."""

from typing import get_args

from rashomon.dataset import ExpressionKind
from rashomon.encode import STEPS
from rashomon.multiverse.gene_flavor import GENE_FLAVORS
from rashomon.multiverse.normalisation import NORMALISATIONS


def test_steps_exist():
    """Every step is in the registry of steps."""
    for record in NORMALISATIONS.values():
        for name, params in (*record.before, *record.after):
            assert name in STEPS
            assert isinstance(params, dict)


def test_every_kind_of_matrix_can_be_normalised():
    """Each kind has at least one normalisation; counts have three, which cite their source."""
    usable = {kind: [r for r in NORMALISATIONS.values() if kind in r.kinds] for kind in get_args(ExpressionKind)}
    assert all(usable.values())
    assert len(usable["counts"]) == 3
    assert all(record.citation and record.summary for record in usable["counts"])


def test_every_flavor_exists_and_fits():
    """Flavors are registered, and at least one works on every kind of matrix that the normalisation starts from."""
    for record in NORMALISATIONS.values():
        for kind in record.kinds:
            assert any(kind in GENE_FLAVORS[name].kinds for name in record.gene_flavors)


def test_residuals_are_not_scaled():
    """Residuals have unit variance already: no scaling after them, and only counts before."""
    record = NORMALISATIONS["Pearson residuals"]
    assert not record.scalable
    assert record.kinds == ("counts",)
