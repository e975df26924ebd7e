"""What do the junctions of a cluster share? Letters as tall as they are informative, place by place."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rashomon.core import UsageError, first_few
from rashomon.pl.canvas import finish, new_axes
from rashomon.pl.style import INK, MUTED, PALETTE

__all__ = ["letter_bits", "logo"]

LETTERS = "ACDEFGHIKLMNPQRSTVWY"

_CHEMISTRY = {"KRH": PALETTE[0], "DE": PALETTE[5], "GSTYC": PALETTE[2], "NQ": PALETTE[3], "AVLIPWFM": INK}
"""Basic, acidic, polar, amide, hydrophobic: the groups that logos of proteins are usually coloured by."""

COLOURS = {letter: colour for group, colour in _CHEMISTRY.items() for letter in group}


def logo(
    junctions: np.ndarray | Sequence[str],
    *,
    ax: Any = None,
    show: bool | None = None,
    save: Path | str | None = None,
) -> Any:
    """Draw the sequence logo of junctions, those of their most common length.

    Parameters
    ----------
    junctions
        Amino acids in one-letter code, bytes (``S``) or text; for a cluster one per unique receptor. Those of other
        lengths and empty ones are not drawn, and counted in the title.
    ax, show, save
        As in scanpy: axes to draw into, whether to show the figure, file to write.

    Returns
    -------
    The axes. A stack is as high as its place is informative, in bits from 0 (all letters equally common) to 4.32 (one
    letter only), and its letters share that height by frequency; see `letter_bits`. Colours: blue basic, vermilion
    acidic, green polar, purple amide, black hydrophobic.

    Raises
    ------
    UsageError
        When there is no junction, or a letter is no amino acid.
    """
    texts = [each.decode("ascii", "replace") if isinstance(each, bytes) else str(each) for each in junctions]
    lengths = Counter(len(text) for text in texts if text)
    if not lengths:
        raise UsageError("there are no junctions", where="logo", expected="one or more with known amino acids")
    modal = min(lengths, key=lambda length: (-lengths[length], length))
    drawn = [text for text in texts if len(text) == modal]
    axes = new_axes(ax, size=(max(3.2, 0.32 * modal + 0.8), 2.2), show=show)
    bits = letter_bits(drawn)
    _draw(axes, bits)
    axes.set_title(_title(lengths, modal, len(texts), width=max(40, 5 * modal)), loc="left", fontsize=8.5)
    axes.set(xlabel="residue of the junction", ylabel="information, bits")
    finish(axes, show=show, save=save)
    return axes


def letter_bits(junctions: Sequence[str]) -> np.ndarray:
    """Return the height of every letter at every place of junctions of one length.

    The information of a place is ``log2(20) - H - 19 / (2 ln(2) n)`` with the entropy H of its ``n`` letters; the last
    term corrects H for being too low in small samples. Its letters share it by their frequency.

    Parameters
    ----------
    junctions
        Text of equal length.

    Returns
    -------
    Bits, shape ``(length, 20)``, letters in alphabetical order; 0 where the correction exceeds the rest, as it does
    everywhere for three junctions or fewer.

    Raises
    ------
    UsageError
        When a letter is no amino acid.

    Notes
    -----
    Schneider & Stephens (1990), Nucleic Acids Research 18:6097; correction by Schneider et al. (1986), Journal of
    Molecular Biology 188:415.

    Examples
    --------
    >>> letter_bits(["CA"] * 10 + ["CG"] * 10).max(axis=1).round(2).tolist()
    [3.64, 1.32]
    """
    bad = [text for text in junctions if not set(text) <= set(LETTERS)]
    if bad:
        raise UsageError(
            f"{len(bad)} junctions hold letters that are no amino acids",
            where=f"logo, {first_few(bad)}",
            expected=f"the letters {LETTERS}",
            fix="leave these junctions out",
        )
    letters = np.array([list(text) for text in junctions])
    share = np.stack([(letters == letter).mean(axis=0) for letter in LETTERS], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.nansum(share * np.log2(share), axis=1)
    correction = (len(LETTERS) - 1) / (2 * np.log(2) * len(junctions))
    bits: np.ndarray = share * np.maximum(np.log2(len(LETTERS)) - entropy - correction, 0.0)[:, None]
    return bits


def _title(lengths: Counter[int], modal: int, n: int, *, width: int) -> str:
    # a count stays on the line of its length
    others = [f"{length}\u00a0({count})" for length, count in sorted(lengths.items()) if length != modal]
    unknown = n - sum(lengths.values())
    parts = [f"{lengths[modal]} of {n} junctions, {modal} residues"]
    parts += [f"other lengths: {first_few(others, n=6)}"] if others else []
    parts += [f"{unknown} unknown"] if unknown else []
    return textwrap.fill("; ".join(parts), width)


def _draw(axes: Any, bits: np.ndarray) -> None:
    from matplotlib.patches import PathPatch

    for place, heights in enumerate(bits, start=1):
        base = 0.0
        # the most common letter on top
        for code in np.argsort(heights, kind="stable"):
            if heights[code] > 0:
                glyph = _glyph(LETTERS[code], (place, base), float(heights[code]))
                axes.add_patch(PathPatch(glyph, facecolor=COLOURS[LETTERS[code]], linewidth=0))
                base += heights[code]
    if not bits.any():
        text = "too few junctions to tell information from chance"
        axes.text(0.5, 0.5, text, ha="center", va="center", color=MUTED, transform=axes.transAxes)
    axes.set(xlim=(0.5, len(bits) + 0.5), ylim=(0, np.log2(len(LETTERS))))
    axes.set_xticks([1, *range(5, len(bits) - 1, 5), len(bits)])


def _glyph(letter: str, at: tuple[float, float], height: float) -> Any:
    """Return the outline of a letter that stands centred on `at`, as wide as a place."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Affine2D

    path = TextPath((0, 0), letter, size=1, prop=FontProperties(family="DejaVu Sans", weight="bold"))
    box = path.get_extents()
    # a stretched I would be a block
    width = 0.35 if letter == "I" else 0.94
    fit = Affine2D().translate(-box.x0, -box.y0).scale(width / box.width, height / box.height)
    return path.transformed(fit.translate(at[0] - width / 2, at[1]))
