"""Colours of a map on light and on dark paper: dots are small, and must stand out from either."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["PAPERS", "VIRIDIS", "between", "contrast", "legible"]

PAPERS = {"light": "#ffffff", "dark": "#15181b"}
"""What a map is drawn on, as in the style sheet of the page."""

VIRIDIS = (
    "#440154", "#48186a", "#472d7b", "#424086", "#3b528b", "#33638d", "#2c728e", "#26828e", "#21918c",
    "#1fa088", "#28ae80", "#3fbc73", "#5ec962", "#84d44b", "#addc30", "#d8e219", "#fde725",
)  # fmt: skip
"""Even stops of `rashomon.pl.style.CONTINUOUS`."""

_LEAST = 1.7
"""Contrast with the paper that a dot has at least."""


def legible(colour: str, paper: str) -> str:
    """Return a colour, mixed with black or white until it stands out: yellow on white, deep blue on black.

    Parameters
    ----------
    colour, paper
        As ``#rrggbb``.

    Examples
    --------
    >>> legible("#0072b2", "#ffffff"), legible("#f0e442", "#ffffff")
    ('#0072b2', '#ccc238')
    """
    ground, rgb = _luminance(_channels(paper)), _channels(colour)
    ink = np.full(3, 255.0 if ground < 0.5 else 0.0)
    mixed = (rgb + (ink - rgb) * share for share in np.arange(0, 1.05, 0.05))
    return _hex(next(each for each in mixed if _ratio(_luminance(each), ground) >= _LEAST))


def contrast(a: str, b: str) -> float:
    """Return the contrast of two colours, from 1 (none) to 21 (black on white), as WCAG 2.2 defines it.

    Parameters
    ----------
    a, b
        As ``#rrggbb``.

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"), 2), contrast("#777777", "#777777")
    (21.0, 1.0)
    """
    return _ratio(_luminance(_channels(a)), _luminance(_channels(b)))


def between(stops: Sequence[str], n: int) -> list[str]:
    """Return `n` colours at even steps along even stops.

    Parameters
    ----------
    stops
        As ``#rrggbb``, two or more.
    n
        How many, the first and the last stop included.

    Examples
    --------
    >>> between(["#000000", "#0000ff"], 3)
    ['#000000', '#000080', '#0000ff']
    """
    channels = np.array([_channels(stop) for stop in stops]).T
    places, at = np.linspace(0, 1, len(stops)), np.linspace(0, 1, n)
    return [_hex(rgb) for rgb in np.stack([np.interp(at, places, channel) for channel in channels], axis=1)]


def _luminance(rgb: np.ndarray) -> float:
    part = rgb / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def _ratio(a: float, b: float) -> float:
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def _channels(colour: str) -> np.ndarray:
    return np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)], dtype=np.float64)


def _hex(rgb: np.ndarray) -> str:
    return "#" + "".join(f"{round(float(channel)):02x}" for channel in rgb)
