"""Trip-wire on the design: label columns that a batch column hides."""

from __future__ import annotations

from collections.abc import Iterator

from rashomon.ask.alias import how_aliased
from rashomon.ask.judged import Judged
from rashomon.ask.tripwire.record import Finding
from rashomon.core import first_few
from rashomon.dataset import Dataset, Truth

__all__ = ["aliased_columns"]

_HIDING = {"batch": ("same", "nested"), "sample": ("same",), "donor": ("same",)}
"""Which relation to a label column hides it, by role: that a donor has one condition is the plan of many studies."""


def aliased_columns(dataset: Dataset, judged: Judged | None) -> Finding:
    """Look for label columns, and conditions, whose effect no analysis can tell from that of a technical column.

    They are one-to-one with the batch, the sample or the donor, or constant within every batch. Whether they are is
    exact: no threshold is involved.

    Parameters
    ----------
    dataset
        Declares the columns.
    judged
        Not looked at.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from rashomon.dataset import Roles
    >>> lane, status = (Truth(n, "biological", np.array([0, 0, 1, 1]), ("a", "b")) for n in ("lane", "status"))
    >>> data = Dataset(pd.DataFrame(index=list("wxyz")), truths={"status": status}, roles=Roles(batch=lane))
    >>> aliased_columns(data, None).said
    'status and lane are one and the same: their effects cannot be told apart'
    """
    del judged
    claims = {truth.name: truth for truth in dataset.truths.values() if truth.kind != "technical"}
    if dataset.roles.condition is not None:
        claims[dataset.roles.condition.name] = dataset.roles.condition
    if not claims:
        return Finding("not computable", "no label column and no condition was declared")
    found = dict(_hidden(dataset, claims))
    if not found:
        return Finding("quiet", "every label column varies within the technical ones")
    said = first_few((f"{how}: their effects cannot be told apart" for how in found.values()), n=3)
    return Finding("fired", said, tuple(found))


def _hidden(dataset: Dataset, claims: dict[str, Truth]) -> Iterator[tuple[str, str]]:
    for name, truth in claims.items():
        for role, column in dataset.roles:
            how = how_aliased(column, truth)
            same = how.endswith("one and the same")
            if how and ("same" if same else "nested") in _HIDING.get(role, ()):
                yield name, how
                break
