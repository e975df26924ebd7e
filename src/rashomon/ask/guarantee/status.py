"""Whether what a guarantee rests on holds in the data at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np

from rashomon.ask.request import Request

__all__ = ["NEEDS", "Standing", "standing"]


class Standing(NamedTuple):
    """Whether a guarantee applies: ``holds``, ``violated`` or ``untested``, and why."""

    status: Literal["holds", "violated", "untested"]
    evidence: str


_MEASURED_N = (200, 20_000)
"""Range of the numbers of cells about which something was measured."""


def standing(needs: str, request: Request) -> Standing:
    """Return whether the data of `request` have what `needs` (a key of `NEEDS`) names."""
    return NEEDS[needs](request)


def _counts(request: Request) -> Standing:
    if request.why_no_counts:
        return Standing("violated", request.why_no_counts)
    n = request.dataset.n_obs
    low, high = _MEASURED_N
    if not low <= n <= high:
        return Standing("untested", f"{n:,} cells; measured between {low:,} and {high:,}")
    return Standing("untested", "raw counts; whether genes are negative binomial within a population is not tested")


def _stored_counts(request: Request) -> Standing:
    """Look for counts in the file, whatever the user's analysis starts from: question 1 reads them."""
    return _counts(replace(request, use_rep=None))


def _donors(request: Request) -> Standing:
    donor = request.dataset.roles.donor
    if donor is None:
        return Standing("untested", "no donor column was declared")
    n = int(np.unique(donor.codes[donor.codes >= 0]).size)
    return Standing("holds" if n > 1 else "violated", f"{n} donors")


def _labels(request: Request) -> Standing:
    return Standing("holds", f"{request.dataset.n_obs:,} {request.dataset.item}s with labels")


NEEDS: Mapping[str, Callable[[Request], Standing]] = {
    "counts": _counts,
    "stored_counts": _stored_counts,
    "donors": _donors,
    "labels": _labels,
}
"""What a guarantee may need, and how it is looked up."""
