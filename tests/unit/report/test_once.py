"""Results that several figures of one audit share."""

import gc
import weakref
from dataclasses import replace

from rashomon.report.once import once
from tests import example_audit


def test_a_result_is_computed_once_per_audit():
    """The same audit gives the same object; another audit, equal or not, is asked anew."""
    asked = []

    @once
    def count(audit):
        """How often it was asked."""
        asked.append(audit.seconds)
        return [len(asked)]

    first = example_audit.audit(labels_only=True)
    second = replace(first, seconds=first.seconds)
    assert count(first) is count(first)
    assert count(second) == [2]
    assert count.__doc__ == "How often it was asked."


def test_an_audit_is_not_kept_alive():
    """Its results go with it."""
    kept = once(lambda audit: audit.seconds)
    audit = example_audit.audit(labels_only=True)
    kept(audit)
    gone = weakref.ref(audit)
    del audit
    gc.collect()
    assert gone() is None
