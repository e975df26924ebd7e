"""Figures inside a page: as vectors, or as pixels where vectors would be larger than a page can bear."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rashomon import pl

__all__ = ["MAX_VECTOR", "Picture", "picture_uri"]

MAX_VECTOR = 350_000
"""Bytes of the largest figure that is kept as vectors; forty of these as base64 would be 19 MB, of the others 4 MB."""

_DPI = 120.0
"""Resolution of the others: legible at the width of a laptop."""


@dataclass(frozen=True)
class Picture:
    """A figure inside the page.

    Parameters
    ----------
    name
        Name of its files.
    uri
        The figure itself.
    alt
        What a reader who cannot see it needs to know.
    caption
        What it shows and how to read it.
    """

    name: str
    uri: str
    alt: str
    caption: str


def picture_uri(draw: Callable[[], Any]) -> str:
    """Return a figure as a data URI: SVG up to `MAX_VECTOR` bytes, else PNG; this is the one place that decides.

    As an image, not as part of the page: nothing in it can act, and its identifiers meet no others.

    Parameters
    ----------
    draw
        Draws it and returns one of its Axes.

    Examples
    --------
    >>> from rashomon.pl.canvas import new_axes
    >>> picture_uri(lambda: new_axes(None, size=(1, 1), show=False))[:26]
    'data:image/svg+xml;base64,'
    """
    with pl.house_style():
        axes = draw()
        drawn, kind = pl.encode(axes, kind="svg"), "svg+xml"
        if len(drawn) > MAX_VECTOR:
            drawn, kind = pl.encode(axes, kind="png", dpi=_DPI), "png"
    return f"data:image/{kind};base64,{base64.b64encode(drawn).decode('ascii')}"
