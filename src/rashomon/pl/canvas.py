"""Where plots are drawn: figures that belong to nobody's global state, and how they become bytes and files."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from rashomon.core import publish
from rashomon.pl.style import RC

__all__ = ["encode", "finish", "house_style", "new_axes", "split"]

_UNDATED: dict[str, dict[str, None]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
"""Metadata left out, by format: the same figure is the same bytes tomorrow."""


@contextmanager
def house_style() -> Iterator[None]:
    """Draw and encode with the settings of this package, whatever the user has set."""
    import matplotlib.style

    with matplotlib.style.context(["default", RC]):
        yield


def new_axes(ax: Any, *, size: tuple[float, float], show: bool | None) -> Any:
    """Return `ax`, or new axes of `size` (inches); pyplot, which keeps every figure alive, is used only to show one."""
    if ax is not None:
        return ax
    if show:
        import matplotlib.pyplot as plt

        return plt.figure(figsize=size, layout="constrained").add_subplot()
    from matplotlib.figure import Figure

    return Figure(figsize=size, layout="constrained").add_subplot()


def split(ax: Any, boxes: list[tuple[float, float, float, float]]) -> list[Any]:
    """Return one panel per box (x, y, width, height as shares of `ax`); `ax` itself keeps only its labels."""
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.patch.set_visible(False)
    return [ax.inset_axes(box) for box in boxes]


def encode(ax: Any, *, kind: str, dpi: float = 150.0) -> bytes:
    """Return the figure of `ax` as the bytes of a file.

    Parameters
    ----------
    ax
        Any axes of the figure.
    kind
        ``svg``, ``png`` or ``pdf``; text becomes outlines, so that it looks the same everywhere.
    dpi
        Resolution of pixels, also of the layers drawn as pixels in vector files.
    """
    import matplotlib as mpl

    stream = BytesIO()
    with mpl.rc_context({"svg.hashsalt": "rashomon", "svg.fonttype": "path"}), warnings.catch_warnings():
        # a script that the font lacks is drawn as boxes; the tables hold the same names as text
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        ax.figure.savefig(stream, format=kind, dpi=dpi, metadata=_UNDATED.get(kind))
    return stream.getvalue()


def finish(ax: Any, *, show: bool | None, save: Path | str | None) -> None:
    """Write the figure of `ax` to `save` (format by suffix), and show it if `show`."""
    if save is not None:
        with publish(save) as temporary:
            temporary.write_bytes(encode(ax, kind=Path(save).suffix.removeprefix(".") or "png"))
    if show:
        import matplotlib.pyplot as plt

        plt.show()
