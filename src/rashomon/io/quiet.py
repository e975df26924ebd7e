"""Warnings of libraries that say nothing to a user of ours."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["quiet_awkward"]


@contextmanager
def quiet_awkward() -> Iterator[None]:
    """Keep anndata from saying, at the first awkward array, that its support is experimental: scirpy relies on it.

    Examples
    --------
    >>> with quiet_awkward():
    ...     pass
    """
    from anndata import ExperimentalFeatureWarning

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Support for Awkward Arrays", ExperimentalFeatureWarning)
        yield
