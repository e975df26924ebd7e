"""Text for MyST: values escaped, tables made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["day", "in_code", "number", "plain", "table"]

_SPECIAL = re.compile(r"([\\*_{}\[\]<>#|$~])")
_CODE = re.compile(r"`([^`]+)`")


def plain(text: object) -> str:
    r"""Return `text` so that MyST shows it as it is; what stands in backquotes becomes code.

    Examples
    --------
    >>> plain("HLA A*02:01 | `x`")
    'HLA A\\*02:01 \\| `x`'
    """
    parts = _CODE.split(" ".join(str(text).split()))
    shown = (in_code(part) if at % 2 else _SPECIAL.sub(r"\\\1", part) for at, part in enumerate(parts))
    return "".join(shown)


def in_code(text: object) -> str:
    """Return `text` as code, safe inside a table."""
    return "`{}`".format(str(text).replace("`", "'").replace("|", r"\|"))


def day(date: str) -> str:
    """Return the day of an ISO date, which does not break over lines.

    Examples
    --------
    >>> day("2026-11-22T08:24:19+00:00").replace(chr(0x2011), "-")
    '2026-11-22'
    """
    return date[:10].replace("-", "\u2011")


def number(value: object) -> str:
    """Return a number with at most three significant digits after the point, other values as they are."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in MyST; cells are MyST already."""
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"
