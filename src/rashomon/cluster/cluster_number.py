"""The check that every clusterer with a number of clusters begins with."""

from __future__ import annotations

from rashomon.core import UsageError

__all__ = ["check_number"]


def check_number(k: int, *, n_obs: int, where: str, most: int | None = None) -> None:
    """Refuse a number of clusters below 1 or above `most` (by default, the number of points).

    Raises
    ------
    UsageError
        When `k` is out of range.

    Examples
    --------
    >>> check_number(3, n_obs=10, where="ward")
    """
    limit = n_obs if most is None else most
    if not 1 <= k <= limit:
        raise UsageError(
            f"{k} clusters of {n_obs} points",
            where=f"{where}(k=)",
            expected=f"1 to {limit}",
            fix="ask for fewer clusters" if k > limit else "ask for at least one cluster",
        )
