"""What is left out on purpose is refused with its reason; its healthy neighbour is not."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.multiverse import EXCLUDED, refuse_excluded
from rashomon.multiverse.excluded import aliased_with_batch
from tests.planted import blank, with_batches

N = 900
HALVES = np.arange(N) % 2

CASES = [
    ("use_rep", "X_umap", "X_pca", blank()),
    ("use_rep", "X_tSNE", "X_scVI", blank()),
    ("normalise", "raw", "log CP10k", blank()),
    ("normalise", "log CP10k", "as given", blank(kind="lognormalised")),
    ("gene_flavor", "seurat_v3", "seurat", blank(kind="lognormalised")),
    ("gene_flavor", "markers", "seurat_v3", blank()),
    ("integrate", "harmony", "none", with_batches(N, codes=HALVES, condition=HALVES)),
    ("regress", "depth", None, blank()),
    ("n_neighbours", 101, 100, blank()),
    ("n_pcs", 9, 10, blank()),
]


@pytest.mark.parametrize(("choice", "bad", "good", "data"), CASES)
def test_it_is_refused_with_reason_and_source(choice, bad, good, data):
    """The error names the alternative, why, who showed it, and what to do instead."""
    with pytest.raises(UsageError, match="is not offered") as caught:
        refuse_excluded(choice, bad, dataset=data)
    record = next(each for each in EXCLUDED.values() if each.summary in caught.value.what)
    assert record.choice == choice
    assert record.citation in caught.value.expected
    assert (caught.value.fix, caught.value.code) == (record.instead, "multiverse.excluded")
    if good is not None:
        refuse_excluded(choice, good, dataset=data)


def test_every_record_is_tested_and_cites():
    """No alternative is excluded without a reason, a source and a case here."""
    refused = set()
    for choice, bad, _, data in CASES:
        refused |= {name for name, r in EXCLUDED.items() if r.choice == choice and r.asked and r.asked(bad, data)}
    assert refused == set(EXCLUDED)
    assert all(record.summary and record.citation and record.instead for record in EXCLUDED.values())


@pytest.mark.parametrize(
    ("roles", "found"),
    [
        ({}, ""),
        ({"condition": np.arange(N) % 5}, ""),
        ({"condition": np.arange(N) % 3}, "condition"),
        ({"condition": (np.arange(N) % 3) // 2}, "condition"),
        ({"donor": np.arange(N) % 3}, "donor"),
        ({"donor": np.arange(N) % 6}, ""),
        ({"condition": np.zeros(N)}, ""),
    ],
    ids=["none", "crossed", "same", "batches within", "donor", "donors within", "one condition"],
)
def test_roles_that_integration_would_remove(roles, found):
    """A condition made of whole batches, or donors that are the batches; crossed roles and one class are none."""
    assert aliased_with_batch(with_batches(N, **roles)) == found
