"""Immune receptors in columns: one row per chain, and where each chain belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Literal

import numpy as np

from rashomon.core import UsageError, digest_slots
from rashomon.dataset.gene_call import GeneCalls

__all__ = ["ARMS", "LOCI", "Arm", "Receptors", "locus_codes", "same_length"]

LOCI = ("TRA", "TRB", "TRG", "TRD", "IGH", "IGK", "IGL")
"""Loci in the order of their codes."""

Arm = Literal["vj", "vdj"]

ARMS: Mapping[Arm, tuple[str, ...]] = {"vj": ("TRA", "TRG", "IGK", "IGL"), "vdj": ("TRB", "TRD", "IGH")}
"""The two arms of a receptor: the chain without and the chain with a D gene."""


def locus_codes(loci: np.ndarray) -> np.ndarray:
    """Return the code of each locus name, ``-1`` for anything else; ``int8``, same shape as `loci`.

    Examples
    --------
    >>> locus_codes(np.array(["TRB", "TRA", ""])).tolist()
    [1, 0, -1]
    """
    codes = np.full(np.shape(loci), -1, dtype=np.int8)
    for code, name in enumerate(LOCI):
        codes[np.asarray(loci) == name] = code
    return codes


def same_length(columns: Mapping[str, np.ndarray], n: int, *, where: str) -> None:
    """Refuse columns of other lengths.

    Parameters
    ----------
    columns
        By name.
    n
        Length that all must have.
    where
        The place, for the message.

    Raises
    ------
    UsageError
        When one has another length.
    """
    wrong = {name: len(values) for name, values in columns.items() if len(values) != n}
    if wrong:
        raise UsageError(f"columns have other lengths: {wrong}", where=where, expected=f"{n} chains in each")


@dataclass(frozen=True, eq=False)
class Receptors:
    """The chains of receptors, as columns of equal length; order and number of chains never change.

    Parameters
    ----------
    obs
        Row of the data set that each chain belongs to, ``int64``, shape ``(n_chains,)``, in [0, n_obs).
    locus
        ``int8`` codes in `LOCI`, ``-1`` unknown.
    junction_aa
        Amino acids from the conserved C to the F or W, both included; bytes (``S``), empty where unknown.
    junction
        The same stretch in nucleotides, upper case; bytes (``S``), empty where unknown.
    v, j
        Calls after repair of the names.
    v_raw, j_raw
        Calls as they were written.
    d, c
        Calls of D and C, where there are any.
    count
        Molecules, reads or copies of the chain, ``float64``; NaN where unknown.
    productive
        ``int8``: 1 productive, 0 not, -1 unknown.
    species
        ``human``, ``mouse`` or empty.
    flags
        Further marks by name, each ``bool`` of shape ``(n_chains,)``: ``anchored`` (C at the start, F or W at the end),
        ``mait_like``, ``inkt_like``.

    Raises
    ------
    UsageError
        When the columns differ in length.
    """

    obs: np.ndarray
    locus: np.ndarray
    junction_aa: np.ndarray
    junction: np.ndarray
    v: GeneCalls
    j: GeneCalls
    v_raw: GeneCalls
    j_raw: GeneCalls
    d: GeneCalls
    c: GeneCalls
    count: np.ndarray
    productive: np.ndarray
    species: str = ""
    flags: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        same_length(self._columns(), self.n_chains, where="receptors")
        for name in ("junction_aa", "junction"):
            if getattr(self, name).dtype.kind != "S":
                object.__setattr__(self, name, np.asarray(getattr(self, name)).astype("S"))

    def _columns(self) -> dict[str, np.ndarray]:
        found: dict[str, np.ndarray] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, GeneCalls):
                found[each.name] = value.codes
            elif isinstance(value, np.ndarray):
                found[each.name] = value
        return found | {f"flags:{name}": values for name, values in self.flags.items()}

    @property
    def n_chains(self) -> int:
        """Number of chains."""
        return int(self.obs.size)

    @property
    def length(self) -> np.ndarray:
        """Amino acids of each junction, anchors included; ``int64``, 0 where unknown."""
        return np.strings.str_len(self.junction_aa).astype(np.int64)

    @property
    def loci(self) -> tuple[str, ...]:
        """Loci that occur."""
        return tuple(name for code, name in enumerate(LOCI) if (self.locus == code).any())

    @property
    def digest(self) -> str:
        """Digest of all columns and of the names of the genes."""
        names = {name: getattr(self, name).names for name in ("v", "j", "v_raw", "j_raw")}
        vocabulary = {f"names:{name}": np.array(values, dtype=object) for name, values in names.items()}
        return digest_slots({**self._columns(), **vocabulary})

    def take(self, chains: np.ndarray, *, obs: np.ndarray | None = None) -> Receptors:
        """Return some chains.

        Parameters
        ----------
        chains
            Positions or a mask.
        obs
            New row of each chain that is kept; as before when None.
        """
        changed: dict[str, object] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, GeneCalls):
                changed[each.name] = value.take(chains)
            elif isinstance(value, np.ndarray):
                changed[each.name] = value[chains]
        changed["flags"] = {name: values[chains] for name, values in self.flags.items()}
        if obs is not None:
            changed["obs"] = obs
        return replace(self, **changed)  # type: ignore[arg-type]
