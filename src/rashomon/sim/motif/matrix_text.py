"""Position weight matrices as people write them: a line of letters, with shares where a place has several."""

from __future__ import annotations

import re

import numpy as np

from rashomon.core import UsageError
from rashomon.sim.motif.residue import RESIDUES, middle_shares

__all__ = ["MATRIX_MARK", "parse_matrix"]

MATRIX_MARK = "pwm:"
"""How the text of a matrix begins."""

REST = "X"
"""Letter of all residues that a place does not name, as IUPAC has it for any residue."""

_PLACE = re.compile(r"\[([^\[\]]*)\]|([A-Z])|(.)", re.DOTALL)
_SHARE = re.compile(r"([A-Z])(\d*\.\d+|\d+\.?)|(.)", re.DOTALL)

_ROUNDING = 1e-6
_FEWEST = 2


def parse_matrix(text: str, *, where: str = "motif") -> np.ndarray:
    """Return the matrix that a text spells; ``float64``, shape ``(length, 20)``, columns in the order of `RESIDUES`.

    Parameters
    ----------
    text
        ``pwm:`` and one place after the other: a letter (nothing else stands there), or letters with their shares in
        brackets: ``pwm:S[A.5G.5]YX[S.8X.2]``. ``X`` stands for all residues that the place does not name, as frequent
        as they are in the middle of junctions, cysteine apart. The shares of a place sum to 1.
    where
        The place, for messages.

    Raises
    ------
    UsageError
        ``motif.pwm`` when the text cannot be read, or the shares of a place do not sum to 1.

    Examples
    --------
    >>> pwm = parse_matrix("pwm:S[A.75G.25]")
    >>> pwm.shape, pwm[1, [0, 5]].tolist()
    ((2, 20), [0.75, 0.25])
    """
    rows = []
    for several, one, odd in _PLACE.findall(text.removeprefix(MATRIX_MARK)):
        if odd:
            raise _unreadable(f"{odd!r} stands between the places", text, where)
        rows.append(_place(f"{one}1" if one else several, text, where))
    if not text.startswith(MATRIX_MARK) or len(rows) < _FEWEST:
        raise _unreadable("there are fewer than two places", text, where)
    return np.array(rows)


def _place(spelled: str, text: str, where: str) -> np.ndarray:
    """Return the shares of the residues at one place."""
    shares: dict[str, float] = {}
    for letter, share, odd in _SHARE.findall(spelled):
        if odd or (letter not in RESIDUES and letter != REST) or letter in shares:
            what = f"{odd or letter!r} has no share" if odd else f"{letter!r} is no residue"
            raise _unreadable(f"{letter!r} stands twice at one place" if letter in shares else what, text, where)
        shares[letter] = float(share)
    if abs(sum(shares.values()) - 1) > _ROUNDING:
        raise _unreadable(f"the shares of [{spelled}] sum to {sum(shares.values()):g}", text, where)
    found = np.array([shares.get(letter, 0.0) for letter in RESIDUES])
    rest = np.where([letter in shares for letter in RESIDUES], 0.0, middle_shares(cysteine=False))
    if shares.get(REST) and not rest.any():
        raise _unreadable(f"[{spelled}] names every residue and leaves nothing for {REST}", text, where)
    # exactly 1, whatever the digits
    found += shares.get(REST, 0.0) * rest / max(rest.sum(), _ROUNDING)
    return np.asarray(found / found.sum())


def _unreadable(what: str, text: str, where: str) -> UsageError:
    return UsageError(
        f"{what} in the matrix {text!r}",
        where=where,
        expected="pwm: and two places or more: a letter, or letters with shares that sum to 1, as in pwm:S[A.5G.5]YX",
        code="motif.pwm",
    )
