"""Which scores of a benchmark are drawn together, how they are called, and the legend under them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from rashomon.core import UsageError, did_you_mean, first_few

__all__ = ["KEYS", "below", "chosen_scores", "invalid_scores", "level_text", "view_note"]

KEYS = ["score", "truth", "view"]
"""Columns that name a score in the tables of a benchmark."""

_COMMON = "reference"
_UNDER = 0.34
"""Inches from the axes to the legend."""
_LINE = 0.15


def chosen_scores(
    tables: Mapping[str, pd.DataFrame], *, truth: str | None = None, view: str | None = None
) -> pd.DataFrame:
    """Return the rows of ``break_points`` of the scores that are shown together.

    Parameters
    ----------
    tables
        Of a benchmark.
    truth
        The truth by which pipelines are ranked; the first when None.
    view
        View of scores that need one; the common one where there is one, when None.

    Raises
    ------
    UsageError
        When nobody ranked pipelines by `truth`.
    """
    table = tables["break_points"].fillna(dict.fromkeys([*KEYS, "judged_by", "level", "word"], ""))
    known = list(dict.fromkeys(table["judged_by"]))
    if truth is not None and truth not in known:
        raise UsageError(f"no pipelines were ranked by {truth!r}", where="pl(truth=)", fix=did_you_mean(truth, known))
    judge = truth if truth is not None else next(iter(known), "")
    common = _COMMON if (table["view"] == _COMMON).any() else ""
    alone = (table["truth"] == "") & (table["view"] == (common if view is None else view))
    found: pd.DataFrame = table[(table["judged_by"] == judge) & ((table["truth"] == judge) | alone)]
    return found


def invalid_scores(tables: Mapping[str, pd.DataFrame]) -> set[tuple[str, str, str]]:
    """Return score, truth and view of those that the controls of a benchmark do not bracket.

    Parameters
    ----------
    tables
        Of a benchmark.
    """
    rows = tables["controls"][tables["controls"]["status"] == "invalid"][KEYS].fillna("")
    return set(rows.itertuples(index=False, name=None))


def view_note(keys: Iterable[tuple[str, str, str]]) -> str:
    """Return on which view the scores without a truth were computed; the empty text where none needs one.

    Parameters
    ----------
    keys
        Score, truth and view of each.

    Examples
    --------
    >>> view_note([("ari", "type", ""), ("silhouette", "", "reference")])
    'silhouette: on the reference view'
    """
    names: dict[str, list[str]] = {}
    for score, _, view in keys:
        if view:
            names.setdefault(view, []).append(score)
    return "; ".join(f"{first_few(found, n=4)}: on the {view} view" for view, found in names.items())


def level_text(level: object) -> str:
    """Return a level without decimals that say nothing.

    Parameters
    ----------
    level
        As in the tables of a benchmark.

    Examples
    --------
    >>> level_text("300.0"), level_text("0.5"), level_text("line")
    ('300', '0.5', 'line')
    """
    return str(level).removesuffix(".0")


def below(axes: Any, handles: list[Any], *, ncols: int, lines: int = 1) -> None:
    """Put a legend under the label of the x axis, at the same distance whatever the size.

    Parameters
    ----------
    axes
        Where it belongs.
    handles
        What it names.
    ncols
        Columns of the legend.
    lines
        Of the label of the x axis.
    """
    from matplotlib.transforms import ScaledTranslation

    place = axes.transAxes + ScaledTranslation(0, -_UNDER - _LINE * (lines - 1), axes.get_figure().dpi_scale_trans)
    axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.0), bbox_transform=place, ncols=ncols,
                borderaxespad=0.0)  # fmt: skip
