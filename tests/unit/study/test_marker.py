"""Markers without an audit."""

import pytest

from rashomon.core import UsageError
from rashomon.study import find_markers
from tests.planted import dataset, judged


def test_markers_of_counts_are_held_out():
    """Halved copies are clustered and tested on the rest; clusters have their names, and no pipeline is spoken of."""
    found = find_markers(dataset(), judged(), rng=0)
    assert found.clusters["cluster"].tolist() == ["0", "1", "2"]
    assert found.clusters["held_out"].all()
    assert set(found.table["cluster"]) == {"0", "1", "2"}
    assert found.table["kept_pipelines"].isna().all()
    assert found.table.equals(find_markers(dataset(), judged(), rng=0).table)


def test_markers_of_logarithms_are_circular():
    """Without counts nothing can be held out, and that is said."""
    found = find_markers(dataset(kind="lognormalised"), judged())
    assert not found.clusters["held_out"].any()
    assert "no copy with half of the counts was clustered" in found.clusters["reason"][0]


def test_unknown_settings_are_refused():
    """A pipeline names settings of the multiverse."""
    with pytest.raises(UsageError, match="n_pc"):
        find_markers(dataset(), judged(), pipeline={"n_pc": 10})
