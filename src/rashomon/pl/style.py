"""Colours and sizes, once: safe for colour-blind readers, legible on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = [
    "ACCENT",
    "CONTINUOUS",
    "FAINT",
    "INK",
    "MUTED",
    "N_RASTER",
    "PALETTE",
    "RC",
    "REFERENCE",
    "UNKNOWN",
    "category_colour",
    "category_colours",
    "ink_on",
]

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
"""Okabe & Ito (2008), without black, which is text."""

INK = "#1a1a1a"
MUTED = "#8a8a8a"
FAINT = "#f2f2f2"
ACCENT = PALETTE[0]
REFERENCE = PALETTE[5]
UNKNOWN = "#d0d0d0"
"""Items without a value."""

CONTINUOUS = "viridis"
"""Even steps in lightness, so that it survives colour blindness and grey printing."""

N_RASTER = 5000
"""Marks above which a layer is drawn as pixels: more of them make a vector file slow to open."""

RC = {
    "font.size": 9.0,
    "axes.titlesize": 9.0,
    "axes.labelsize": 9.0,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "hatch.linewidth": 0.5,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "text.color": INK,
}
"""Settings of matplotlib for figures in files, over its defaults."""


def category_colour(position: int) -> str:
    """Return the colour of the category at `position`: the palette, then darker, then lighter, then again.

    Beyond seven categories colour alone does not identify; figures write the category's label beside it.

    Examples
    --------
    >>> category_colour(0), category_colour(7), category_colour(21) == category_colour(0)
    ('#0072B2', '#004a74', True)
    """
    cycle, base = divmod(position, len(PALETTE))
    target, amount = ((0, 0.0), (0, 0.35), (255, 0.5))[cycle % 3]
    if amount == 0:
        return PALETTE[base]
    channels = [int(PALETTE[base][i : i + 2], 16) for i in (1, 3, 5)]
    mixed = [round(channel + (target - channel) * amount) for channel in channels]
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def category_colours(names: Sequence[str], own: Mapping[str, str] | None = None) -> list[str]:
    """Return the colour of each category: the ones the data bring, where they know all of them, else the palette's.

    Parameters
    ----------
    names
        The categories, in their order.
    own
        Colour by category, such as `rashomon.dataset.colour.own_colours` finds in a file. A palette that knows only
        some of the categories, or holds a name that is no colour, is not mixed with another: colours of two palettes
        may be alike.

    Examples
    --------
    >>> category_colours(["T", "B"]), category_colours(["T", "B"], {"B": "red", "T": "#1f77b4"})
    (['#0072B2', '#E69F00'], ['#1f77b4', '#ff0000'])
    """
    from matplotlib.colors import is_color_like, to_hex

    found = [(own or {}).get(name) for name in names]
    if own and all(colour is not None and is_color_like(colour) for colour in found):
        return [to_hex(colour) for colour in found if colour is not None]
    return [category_colour(position) for position in range(len(names))]


def ink_on(colour: Sequence[float]) -> str:
    """Return the colour of text on a square: dark on light ones, white on dark ones, whatever the colour map.

    Parameters
    ----------
    colour
        Red, green, blue in [0, 1]; what follows (opacity) is not looked at.

    Examples
    --------
    >>> ink_on((1.0, 1.0, 0.5)), ink_on((0.2, 0.0, 0.3, 1.0))
    ('#1a1a1a', 'white')
    """
    # luma of ITU-R BT.601
    luma = sum(weight * channel for weight, channel in zip((0.299, 0.587, 0.114), colour[:3], strict=True))
    return INK if luma > 0.55 else "white"
