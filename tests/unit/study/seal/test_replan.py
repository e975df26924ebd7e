"""Planning again: the same units from the same spec and data, nothing from the store."""

import numpy as np
import pytest

from rashomon.engine import MemoryStore
from rashomon.partitions import Partitions
from rashomon.study.seal.replan import replan
from tests.planted import dataset, judged, options, planted_audit


def _undisturbed():
    parts = planted_audit().partitions
    return parts.select((parts.runs["perturbation"] == "none").to_numpy())


def test_the_store_of_the_audit_has_no_part():
    """What computes the runs knows no record, whatever store the options name."""
    found = replan(dataset(), judged(), _undisturbed(), options=options())
    assert isinstance(found.executor.store, MemoryStore)
    assert found.executor.engine.name == "serial"


@pytest.mark.statistical  # nine seconds
def test_labels_on_trial_decide_what_is_repeated():
    """The repeats are those of the audit's stand-in; with the default on trial, those of the default."""
    audit, base = planted_audit(), _undisturbed()
    found = replan(dataset(), judged(), base, options=options())
    repeated = {unit.facts["pipeline"] for unit in found.units.values() if unit.facts["perturbation"] == "halves"}
    assert audit.standin.name in repeated
    default = replan(dataset(), None, base, options=options())
    again = {unit.facts["pipeline"] for unit in default.units.values() if unit.facts["perturbation"] == "halves"}
    assert audit.multiverse.name(audit.multiverse.default) in again


def test_without_the_default_there_are_no_repeats():
    """Where the labels that were judged are not in the study, the multiverse is planned, and no more."""
    base = _undisturbed()
    none = Partitions(base.labels[:, :0], np.asarray(base.obs_names), base.runs.iloc[:0], base.unit)
    for found in (
        replan(dataset(), None, none, options=options()),
        replan(dataset(), None, base, options=options(), known=False),
    ):
        assert {unit.facts["perturbation"] for unit in found.units.values()} == {"none"}
