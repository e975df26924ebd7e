"""The settings of pipelines as strips of colour, with the legend that names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from rashomon.pl.label import label
from rashomon.pl.style import UNKNOWN, category_colour

__all__ = ["N_LINES", "N_SHARP", "draw_legend", "draw_strips", "legend_lines", "level_text", "ordered_levels"]

N_LINES = 34
"""Lines of text that one column of a legend holds."""

N_SHARP = 300
"""Pipelines up to which each has a few pixels of its own."""

_N_LEVELS = 10
"""Levels of one choice that the legend names; the others are counted."""

_SHADES = ("#c6dbef", "#08306b")
"""The colours of the smallest and the largest number; numbers are ordered, names are not."""

_UNUSED = "#ffffff"
"""Where a choice does not apply."""


def ordered_levels(column: pd.Series) -> list[Any]:
    """Return the levels of a choice: numbers ascending, names in the order of the alphabet.

    Parameters
    ----------
    column
        The level of each pipeline; missing where the choice does not apply.

    Examples
    --------
    >>> ordered_levels(pd.Series(["b", 10, "a"]))
    [10, 'a', 'b']
    """
    levels = list(column.dropna().unique())
    return sorted(levels, key=None if _numbers(levels) else str)


def level_text(level: Any) -> str:
    """Return a level as text; a column with gaps turns 15 into 15.0, and this turns it back.

    Parameters
    ----------
    level
        A name or a number.

    Examples
    --------
    >>> level_text(15.0), level_text("none"), level_text(True)
    ('15', 'none', 'True')
    """
    return f"{level:g}" if isinstance(level, float | np.floating) else str(level)


def draw_strips(axes: Any, runs: pd.DataFrame, choices: Sequence[str]) -> None:
    """Draw one column per choice and one row per pipeline as one image, names of the choices above.

    Parameters
    ----------
    axes
        Where to draw.
    runs
        One row per pipeline, from the top; a column per choice.
    choices
        The columns, from left to right.
    """
    from matplotlib.colors import to_rgb

    if not choices:
        return
    image = np.ones((len(runs), len(choices), 3))
    for column, name in enumerate(choices):
        known = ordered_levels(runs[name])
        place = {level: at for at, level in enumerate(known)}
        rgb = np.array([*map(to_rgb, _colours(known)), to_rgb(_UNUSED)])
        image[:, column] = rgb[[place.get(level, len(known)) for level in runs[name]]]
    # many rows share a pixel: their colours are averaged, none is skipped
    smooth = "nearest" if len(runs) <= N_SHARP else "antialiased"
    axes.imshow(image, extent=(0, len(choices), len(runs), 0), aspect="auto", interpolation=smooth)
    for column in range(1, len(choices)):
        axes.axvline(column, color="white", linewidth=1.5)
    above, look = axes.get_xaxis_transform(), {"rotation": 90, "ha": "center", "va": "bottom", "fontsize": 7.5}
    for column, name in enumerate(choices):
        axes.text(column + 0.5, 1.01, label(name, width=15, lines=1), transform=above, **look)


def legend_lines(runs: pd.DataFrame, choices: Sequence[str]) -> list[tuple[str, str]]:
    """Return colour and text of each line of the legend of `draw_strips`; headings have no colour.

    Parameters
    ----------
    runs, choices
        As in `draw_strips`.

    Examples
    --------
    >>> legend_lines(pd.DataFrame({"scale": ["none", "clip 10", None]}), ["scale"])[:3]
    [('', 'scale'), ('#0072B2', 'clip 10'), ('#E69F00', 'none')]
    """
    lines: list[tuple[str, str]] = []
    for name in choices:
        known = ordered_levels(runs[name])
        shown = known[:_N_LEVELS] if len(known) > _N_LEVELS + 1 else known
        lines += [("", "")] if lines else []
        lines.append(("", label(name, width=26, lines=1)))
        named = [label(level_text(level), width=24, lines=1) for level in shown]
        lines += zip(_colours(known)[: len(shown)], named, strict=True)
        lines += [("none", f"and {len(known) - len(shown):,} more")] if len(shown) < len(known) else []
        lines += [(_UNUSED, "does not apply")] if runs[name].isna().any() else []
    return lines


def draw_legend(axes: Any, lines: Sequence[tuple[str, str]]) -> None:
    """Write the legend, in as many columns as it needs.

    Parameters
    ----------
    axes
        Where to write; empty.
    lines
        Of `legend_lines`.
    """
    x, y = np.divmod(np.arange(len(lines)), N_LINES)
    axes.set(xlim=(0, max(1, -(-len(lines) // N_LINES))), ylim=(N_LINES - 0.5, -0.5))
    filled = [place for place, (colour, _) in enumerate(lines) if colour]
    faces = [lines[place][0] for place in filled]
    edges = [UNKNOWN if face == _UNUSED else "none" for face in faces]
    axes.scatter(x[filled] + 0.05, y[filled], s=42, marker="s", facecolors=faces, edgecolors=edges, linewidth=0.6)
    for place, (colour, text) in enumerate(lines):
        look: Mapping[str, Any] = {"fontweight": "normal" if colour else "bold", "va": "center", "fontsize": 8}
        axes.text(x[place] + (0.11 if colour else 0.0), y[place], text, **look)


def _numbers(levels: Sequence[Any]) -> bool:
    return all(isinstance(level, int | float | np.number) for level in levels)


def _colours(levels: Sequence[Any]) -> list[str]:
    """Return a colour per level: shades for numbers, hues for names."""
    if not _numbers(levels):
        return [category_colour(at) for at in range(len(levels))]
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    ramp = LinearSegmentedColormap.from_list("levels", _SHADES)
    return [to_hex(ramp(at / max(1, len(levels) - 1))) for at in range(len(levels))]
