"""V genes that a short read cannot tell apart: the call becomes a set of genes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from rashomon.core import UsageError, first_few
from rashomon.dataset import GeneCalls
from rashomon.dataset.gene_call import at_level
from rashomon.sim.limit.domain import checked, checked_count
from rashomon.sim.readout.chain_table import ChainTable
from rashomon.sim.stream import stream_key, uniforms

__all__ = ["family_calls", "recalled", "short_read_calls", "unresolved_v"]


def unresolved_v(chains: ChainTable, key: np.uint64, *, share: float, calls: Mapping[str, str]) -> ChainTable:
    """Replace the V calls of chains that are read short by the set of genes that fit.

    Parameters
    ----------
    chains
        Chains; their V calls change.
    key
        From `rashomon.sim.stream.stream_key`.
    share
        Share of the chains that are read short, in [0, 1] (share of chains; neutral 0).
    calls
        What each V gene of a call becomes, from `family_calls` or `short_read_calls`; a call of several genes becomes
        the union.

    Returns
    -------
    The chains, in their order; a larger share changes those changed before, too.

    Raises
    ------
    UsageError
        When the share is outside [0, 1], or a gene that occurs is not in `calls`.

    Examples
    --------
    >>> from rashomon.sim.readout import own_chains
    >>> v = GeneCalls.from_texts(["TRBV12-3*01", "TRBV9*01"])
    >>> chains = own_chains(np.arange(2), np.zeros(2, int), np.array([b"TGTTTT"] * 2), v=v, j=v)
    >>> calls = family_calls(["TRBV12-3*01", "TRBV12-4*01", "TRBV9*01"])
    >>> unresolved_v(chains, np.uint64(1), share=1.0, calls=calls).v.texts.tolist()
    ['TRBV12-3*01,TRBV12-4*01', 'TRBV9*01']
    """
    each = float(checked(share, "share", where="unresolved_v", high=1.0))
    used = {gene for name in chains.v.names for gene in name.split(",")}
    unknown = sorted(used - set(calls))
    if unknown:
        raise UsageError(
            f"{len(unknown)} V genes have no entry in calls",
            where=f"unresolved_v: {first_few(unknown)}",
            fix="make calls of all alleles of the model",
        )
    texts = {}
    for name in chains.v.names:
        genes = [gene for one in name.split(",") for gene in calls[one].split(",")]
        texts[name] = ",".join(dict.fromkeys(genes))
    short = uniforms(stream_key(int(key), "unresolved_v"), chains.unit)[:, 0] < each
    return replace(chains, v=recalled(chains.v, texts, short))


def recalled(calls: GeneCalls, texts: Mapping[str, str], rows: np.ndarray) -> GeneCalls:
    """Return calls of which some rows have another text.

    Parameters
    ----------
    calls
        Calls.
    texts
        New text of each name; names without one stay.
    rows
        Mask of the rows that change.

    Examples
    --------
    >>> recalled(GeneCalls.from_texts(["a", "b", "b"]), {"b": "c"}, np.array([True, True, False])).texts.tolist()
    ['a', 'c', 'b']
    """
    names = tuple(dict.fromkeys([*calls.names, *(texts.get(name, name) for name in calls.names)]))
    place = {name: code for code, name in enumerate(names)}
    new = np.array([*(place[texts.get(name, name)] for name in calls.names), -1], dtype=np.int32)
    return GeneCalls(np.where(rows, new[calls.codes], calls.codes).astype(np.int32), names)


def family_calls(names: Iterable[str]) -> dict[str, str]:
    """Return for each of `names` all of them that are of its family, as text of a call: nothing else was resolved.

    Examples
    --------
    >>> family_calls(["TRBV12-3*01", "TRBV12-4*01", "TRBV9*01"])["TRBV12-4*01"]
    'TRBV12-3*01,TRBV12-4*01'
    """
    listed = list(names)
    return _grouped(listed, [at_level(name, "family") for name in listed])


def short_read_calls(germlines: Mapping[str, bytes], *, n_bases: int) -> dict[str, str]:
    """Return for each allele those that end in the same bases, as text of a call.

    Parameters
    ----------
    germlines
        V germlines by allele, bytes, up to their 3' end.
    n_bases
        Bases of V that a read holds, counted from the 3' end, at least 1.

    Returns
    -------
    A text for each allele, at least its own name.

    Raises
    ------
    UsageError
        When the number is below 1.

    Examples
    --------
    >>> germlines = {"TRBV6-2*01": b"AATGTGCC", "TRBV6-3*01": b"CATGTGCC", "TRBV9*01": b"CATGTGCT"}
    >>> short_read_calls(germlines, n_bases=6)["TRBV6-3*01"], short_read_calls(germlines, n_bases=8)["TRBV6-3*01"]
    ('TRBV6-2*01,TRBV6-3*01', 'TRBV6-3*01')
    """
    n = checked_count(n_bases, "n_bases", where="short_read_calls", least=1)
    return _grouped(list(germlines), [germline[-n:] for germline in germlines.values()])


def _grouped(names: list[str], groups: Sequence[str | bytes]) -> dict[str, str]:
    members: dict[str | bytes, list[str]] = {}
    for name, group in zip(names, groups, strict=True):
        members.setdefault(group, []).append(name)
    return {name: ",".join(members[group]) for name, group in zip(names, groups, strict=True)}
