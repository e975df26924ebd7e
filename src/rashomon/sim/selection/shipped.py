"""Selections that come with the package."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from rashomon.core import UsageError, did_you_mean
from rashomon.sim.selection.model import Selection
from rashomon.sim.selection.table import read_selection

__all__ = ["LEARNED", "learned_selection"]

LEARNED: tuple[tuple[str, str], ...] = (("human", "TRB"),)
"""Species and loci that have a learned selection."""


def learned_selection(species: str, locus: str) -> Selection:
    """Return the selection of a locus, learned from unselected blood; read once per process.

    Parameters
    ----------
    species
        ``"human"``.
    locus
        ``"TRB"``.

    Raises
    ------
    UsageError
        When none was learned for the locus; generation alone is then all there is.

    Notes
    -----
    Human TRB: the six controls of the data set ``immdata`` of immunarch (Apache License 2.0), 6 to 24 years old. Usage
    of V and J is that of those people and of their protocol; its reads cannot tell TRBV12-3 from TRBV12-4, and
    TRBV6-2 from TRBV6-3, so each pair shares its weights. See README.md beside the table.

    Examples
    --------
    >>> import numpy as np
    >>> selection = learned_selection("human", "TRB")
    >>> junctions = np.array([b"CASSLGQAYEQYF", b"CASSLGCAYEQYF"])
    >>> usual, cysteine = selection.log_q(junctions, ["TRBV7-9"] * 2, ["TRBJ2-7"] * 2)
    >>> bool(usual > cysteine + 2)
    True
    """
    if (species, locus) not in LEARNED:
        known = [" ".join(pair) for pair in LEARNED]
        raise UsageError(
            f"no selection was learned for {species} {locus}",
            where="species, locus",
            expected="one of those below, or chains as they are generated",
            fix=did_you_mean(f"{species} {locus}", known),
            code="selection.locus",
        )
    return _read(f"{species}_{locus}.tsv")


@lru_cache(maxsize=8)
def _read(name: str) -> Selection:
    table = files("rashomon.sim.selection").joinpath("tables", name)
    selection = read_selection(table.read_text(encoding="utf-8"))
    # shared by everybody who asks
    for array in (selection.v_groups, selection.j_groups, *selection.weights.values()):
        array.flags.writeable = False
    return selection
