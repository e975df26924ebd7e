"""Groups of receptors by enriched motifs, as GLIPH2 defines them, against a background of the same V, J and length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rashomon.cluster.clonotype_block import expand, gene_members
from rashomon.cluster.component import numbered
from rashomon.cluster.motif_test import (
    LENGTHS,
    background_counts,
    enrichment,
    local_motifs,
    motif_text,
    wildcard_motifs,
)
from rashomon.core import UsageError, child
from rashomon.dataset import at_level
from rashomon.perturb.matched_background import shuffle_within_strata

__all__ = ["MOTIF_COLUMNS", "MotifRules", "Motifs", "find_motifs", "motif_groups"]

MOTIF_COLUMNS = ("motif", "kind", "n", "n_background", "fold", "p", "q", "n_donors", "called")


@dataclass(frozen=True)
class MotifRules:
    """When a motif is called; the defaults are those of GLIPH2, with multiplicity and donors added.

    Parameters
    ----------
    ends
        Residues at both ends that are not looked at.
    fold2, fold3, fold4
        Least enrichment of local motifs of two, three and four residues.
    min_junctions
        Least number of distinct junctions.
    max_q
        Largest p-value, after Benjamini and Hochberg over all motifs that could be called.
    min_donors
        Least number of known donors.
    same_v
        Whether global motifs need the same V gene.

    Raises
    ------
    UsageError
        When `ends`, `min_junctions` or `max_q` is out of range.
    """

    ends: int = 3
    fold2: float = 1000.0
    fold3: float = 100.0
    fold4: float = 10.0
    min_junctions: int = 3
    max_q: float = 0.01
    min_donors: int = 2
    same_v: bool = False

    def __post_init__(self) -> None:
        if self.ends < 1 or self.min_junctions < 2 or not 0 < self.max_q < 1:
            raise UsageError(
                f"ends is {self.ends}, min_junctions {self.min_junctions}, max_q {self.max_q}",
                where="motifs",
                expected="ends of 1 or more, min_junctions of 2 or more, max_q between 0 and 1",
            )


@dataclass(frozen=True, eq=False)
class Motifs:
    """Motifs of receptors and who has them.

    Parameters
    ----------
    table
        One row per motif in at least `MotifRules.min_junctions` junctions, the most significant first, with the columns
        `MOTIF_COLUMNS`. ``motif``: its letters, ``%`` for the free place of a global one, then the V gene where it is
        needed; ``n``, ``n_background``: distinct junctions with it; ``called``: whether it fulfils all rules.
    chain, motif
        Which chains have which called motifs: positions in the chains and rows of `table`.
    """

    table: pd.DataFrame
    chain: np.ndarray
    motif: np.ndarray


def motif_groups(  # noqa: PLR0913 - the slots it reads, and the choices of an analyst
    vdj: np.ndarray,
    vj: np.ndarray,
    items: np.ndarray,
    rows: np.ndarray,
    owner: np.ndarray,
    v_names: np.ndarray,
    *,
    max_q: float = 0.01,
    min_donors: int = 2,
    same_v: bool = False,
    n_backgrounds: int = 100,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the most significant motif of each item as its cluster.

    The background is the data, shuffled `n_backgrounds` times within V, J and length. An item may have several motifs;
    see `find_motifs` for all of them. Time and memory grow with the items times `n_backgrounds`.

    Parameters
    ----------
    vdj, vj
        Selected chains, see `rashomon.encode.select_chains`. Motifs are looked for in the chain with D where it is
        compared, else in the other.
    items, rows, owner
        Item of each kept row, the kept rows, and the donor of every row of the data set (negative: unknown).
    v_names
        Names behind the codes of V; bytes.
    max_q, min_donors, same_v
        See `MotifRules`; the others keep their defaults.
    n_backgrounds
        1 or more; fewer make folds coarser: a motif that no background has counts as if one junction had it.
    rng
        Random numbers of the background.

    Returns
    -------
    ``int32``, shape ``(n_items,)``; clusters 0, 1, ... in the order of their first item; -1 without motif.

    Raises
    ------
    UsageError
        When a rule or `n_backgrounds` is out of range, or donors are needed and none is known.

    References
    ----------
    Huang et al. (2020), Nature Biotechnology 38:1194 (GLIPH2). Ours is not its program: no reference set of others, no
    grouping by V or HLA.
    """
    if n_backgrounds < 1:
        raise UsageError(f"n_backgrounds is {n_backgrounds}", where="motifs", expected="1 or more", fix="use 100")
    chains = vdj if vdj.size else vj
    n_items = int(items.max(initial=-1)) + 1
    rules = MotifRules(max_q=max_q, min_donors=min_donors, same_v=same_v)
    donor = np.full(n_items, -1, dtype=np.int64)
    donor[items] = np.asarray(owner)[rows]
    unit = _units(chains, rules)
    first = np.unique(unit, return_index=True)[1]
    background = np.stack([
        shuffle_within_strata(chains["aa"][first], chains["v"][first], chains["j"][first], rng=rng).aa
        for _ in range(n_backgrounds)
    ])  # fmt: skip
    found = find_motifs(
        chains, background, donor=donor[chains["item"]], v_names=[name.decode() for name in v_names], rules=rules
    )
    labels = np.full(n_items, found.table.shape[0], dtype=np.int64)
    np.minimum.at(labels, chains["item"][found.chain], found.motif)
    labels[labels == found.table.shape[0]] = -1
    return numbered(labels)


def find_motifs(
    chains: np.ndarray,
    background: np.ndarray,
    *,
    donor: np.ndarray,
    v_names: list[str],
    rules: MotifRules,
) -> Motifs:
    """Return the motifs of chains and how much more often they occur than in a background.

    Local motifs are stretches of 2, 3 or 4 residues anywhere between the ends. Global ones are whole junctions of one
    length that agree in all places but one between the ends. What is counted are distinct junctions (with `same_v`
    distinct pairs of junction and V), so that copies and public receptors make no motif by themselves.

    Parameters
    ----------
    chains
        With the fields ``aa``, ``v`` and ``j``, shape ``(n_chains,)``.
    background
        Bytes, shape ``(n_backgrounds, n_junctions)``: for every distinct junction of the data, in sorted order, one of
        the same V, J and length, as `rashomon.perturb.matched_background.shuffle_within_strata` makes them.
    donor
        Code of the donor of each chain, shape ``(n_chains,)``; negative is unknown.
    v_names
        Names behind the codes of V.
    rules
        When a motif is called.

    Returns
    -------
    The motifs and the chains that have them. Among equally significant ones the more frequent comes first.

    Raises
    ------
    UsageError
        When donors are needed and none is known, or the background is of other junctions.
    """
    unit = _units(chains, rules)
    size = int(unit.max(initial=-1)) + 1
    if rules.min_donors > 1 and chains.size and not (donor >= 0).any():
        raise UsageError(
            "no donor is known", where="motifs", expected="the donors of the receptors", fix="use min_donors=1"
        )
    if background.ndim != 2 or background.shape[1] != size:
        raise UsageError(
            f"the background has shape {background.shape}", where="motifs", expected=f"(n_backgrounds, {size})"
        )
    first = np.unique(unit, return_index=True)[1]
    kinds = list(_each_kind(chains[first], background, v_names, rules))
    table = pd.concat([kind.table for kind in kinds], ignore_index=True)
    table[["fold", "p", "q"]] = enrichment(
        table["n"].to_numpy(), table["n_background"].to_numpy(), size=size, size_background=background.size
    )[["fold", "p", "q"]]
    offsets = np.cumsum([0, *(len(kind.table) for kind in kinds)])
    row = np.concatenate([kind.row for kind in kinds])
    motif = np.concatenate([kind.motif + start for kind, start in zip(kinds, offsets[:-1], strict=True)])
    return _called(table, row, motif, unit, donor, rules)


@dataclass(frozen=True)
class _Kind:
    """Motifs of one kind: counts, and which distinct junctions have those frequent enough."""

    table: pd.DataFrame
    row: np.ndarray
    motif: np.ndarray


def _units(chains: np.ndarray, rules: MotifRules) -> np.ndarray:
    """Return the number of the distinct junction of each chain, with its V where that counts."""
    names, unit = np.unique(chains["aa"], return_inverse=True)
    if rules.same_v and names.size:
        v = chains["v"].astype(np.int64) + 1
        unit = np.unique(unit.astype(np.int64) * (int(v.max()) + 1) + v, return_inverse=True)[1]
    return unit.astype(np.int64)


def _each_kind(chains: np.ndarray, background: np.ndarray, v_names: list[str], rules: MotifRules) -> Iterator[_Kind]:
    for k, fold in zip(LENGTHS, (rules.fold2, rules.fold3, rules.fold4), strict=True):
        row, code = local_motifs(chains["aa"], k=k, ends=rules.ends)
        elsewhere = background_counts(background, k=k, ends=rules.ends)
        n = np.bincount(code, minlength=elsewhere.size)
        # with fewer in data and background together it could not be called: it is no test
        tested = np.flatnonzero(n + elsewhere >= rules.min_junctions)
        names = [motif_text(each, k) for each in tested.tolist()]
        table = pd.DataFrame({"motif": names, "n": n[tested], "n_background": elsewhere[tested]})
        place = np.searchsorted(tested, code)
        known = np.isin(code, tested)
        yield _kept(table.assign(kind=f"local {k}", least=fold), row[known], place[known], rules)
    yield _global(chains, background, v_names, rules)


def _global(chains: np.ndarray, background: np.ndarray, v_names: list[str], rules: MotifRules) -> _Kind:
    letters = child(0, "motif", "letters").integers(0, 2**64, (chains["aa"].itemsize + 1, 256), dtype=np.uint64)
    calls = gene_members(v_names) if rules.same_v else None
    row, place, gene, pattern = _patterns(chains["aa"], chains["v"], letters, calls, rules.ends)
    others = [_patterns(each, chains["v"], letters, calls, rules.ends)[3] for each in background]
    every, n = np.unique(np.concatenate([pattern, *others]), return_counts=True)
    every, n = every[n >= rules.min_junctions], n[n >= rules.min_junctions]
    known = np.isin(pattern, every)
    motif = np.searchsorted(every, pattern[known])
    mine = np.bincount(motif, minlength=every.size)
    names = np.full(every.size, "", dtype=object)
    firsts = np.unique(motif, return_index=True)
    for code, at in zip(firsts[0].tolist(), np.flatnonzero(known)[firsts[1]].tolist(), strict=True):
        junction = chains["aa"][row[at]].decode()
        names[code] = junction[: place[at]] + "%" + junction[place[at] + 1 :]
        if rules.same_v:
            names[code] += f" {_gene_name(v_names, int(gene[at]))}"
    table = pd.DataFrame({"motif": names, "n": mine, "n_background": n - mine})
    return _kept(table.assign(kind="global", least=0.0), row[known], motif, rules)


def _patterns(
    junctions: np.ndarray,
    v: np.ndarray,
    letters: np.ndarray,
    calls: tuple[np.ndarray, np.ndarray] | None,
    ends: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return row, free place, V gene (-1: not looked at) and number of each pattern, for every gene of a call."""
    row, place, pattern = wildcard_motifs(junctions, letters, ends=ends)
    if calls is None:
        return row, place, np.full(row.size, -1), pattern
    start, genes = calls
    called = np.maximum(v[row], 0)
    entry, at = expand(start[called], np.where(v[row] >= 0, start[called + 1], start[called]))
    gene = genes[at]
    numbers = child(0, "motif", "genes").integers(0, 2**64, int(genes.max(initial=0)) + 1, dtype=np.uint64)
    return row[entry], place[entry], gene, pattern[entry] ^ numbers[gene]


def _gene_name(v_names: list[str], gene: int) -> str:
    start, genes = gene_members(v_names)
    at = int(np.flatnonzero(genes == gene)[0])
    call = int(np.searchsorted(start[:-1], at, side="right")) - 1
    cut = dict.fromkeys(at_level(name, "gene") for name in v_names[call].split(","))
    return list(cut)[at - int(start[call])]


def _kept(table: pd.DataFrame, row: np.ndarray, motif: np.ndarray, rules: MotifRules) -> _Kind:
    """Return the motifs of one kind with the junctions of those that are frequent enough."""
    frequent = table["n"].to_numpy()[motif] >= rules.min_junctions
    return _Kind(table, row[frequent], motif[frequent])


def _called(
    table: pd.DataFrame, row: np.ndarray, motif: np.ndarray, unit: np.ndarray, donor: np.ndarray, rules: MotifRules
) -> Motifs:
    """Return the frequent motifs in the order of their significance, and the chains of those that are called."""
    order = np.argsort(unit, kind="stable")
    start = np.searchsorted(unit[order], np.arange(int(unit.max(initial=-1)) + 2))
    pair, at = expand(start[row], start[row + 1])
    chain, of = order[at], motif[pair]
    known = donor[chain] >= 0
    donors = pd.DataFrame({"motif": of[known], "donor": donor[chain[known]]}).drop_duplicates()
    table["n_donors"] = np.bincount(donors["motif"].to_numpy(dtype=np.int64), minlength=len(table))
    enough = (table["n_donors"] >= rules.min_donors) & (table["n"] >= rules.min_junctions)
    table["called"] = enough & (table["fold"] >= table["least"]) & (table["q"] <= rules.max_q)
    shown = table[table["n"] >= rules.min_junctions]
    # called ones first: the others are there to be looked at
    shown = shown.sort_values(["called", "p", "n", "motif"], ascending=[False, True, False, True], kind="stable")
    rank = np.full(len(table), -1, dtype=np.int64)
    rank[shown.index] = np.arange(len(shown))
    kept = table["called"].to_numpy()[of]
    return Motifs(shown[list(MOTIF_COLUMNS)].reset_index(drop=True), chain[kept], rank[of[kept]])
