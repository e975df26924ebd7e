"""Generated receptors in place of the data, as steps of a plan: the law is fitted once, many repertoires are drawn."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rashomon.core import Step, UsageError, root_entropy
from rashomon.dataset import LOCI, Arm
from rashomon.engine import Call
from rashomon.sim.repertoire.tilted import draw_tilted
from rashomon.sim.repertoire_estimate.family import find_families
from rashomon.sim.repertoire_estimate.gene_usage import GeneCodes, code_genes, possible_pairs
from rashomon.sim.repertoire_estimate.residue_law import FEWEST_OF_LAW, ResidueLaw, fit_residue_law
from rashomon.sim.selection import LEARNED
from rashomon.sim.selection.feature import letters_of
from rashomon.sim.selection.fit import MAX_LENGTH
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import MODELS, recombination_model

__all__ = [
    "fit_generation",
    "generate_call",
    "generate_repertoires",
    "generation_call",
    "generation_facts",
    "keep_call",
    "keep_generable",
    "take_call",
    "take_repertoire",
    "why_no_generation",
]

_LOCI = ("TRA", "TRB")
"""Loci whose chains are generated: those of B cells mutate afterwards, and the others have no model."""


def why_no_generation(species: str, loci: Sequence[str]) -> str:
    """Return why chains of `loci` cannot be generated as they are found; empty where they can.

    Parameters
    ----------
    species
        ``human`` or ``mouse``.
    loci
        Loci of the chains that are compared.

    Examples
    --------
    >>> why_no_generation("human", ["TRB"]), why_no_generation("human", ["TRG"])
    ('', 'no model for human TRG')
    """
    wrong = [locus for locus in loci if locus not in _LOCI or (species, locus) not in MODELS]
    return f"no model for {species or 'an unknown species,'} {' and '.join(sorted(wrong))}" if wrong else ""


def generation_call(arms: Sequence[Arm], *, min_length: int, max_length: int, max_obs: int) -> Call:
    """Return the call that fits the law of generated and selected chains to the receptors at the root.

    Parameters
    ----------
    arms
        Chains that are compared.
    min_length, max_length
        Residues of a junction that is compared, anchors included.
    max_obs
        Receptors that are kept; a random part where there are more.
    """
    reads = ("receptors", "rows", "owner", "species", "v_names", "j_names")
    step = Step("fit_generation", f"{__name__}:fit_generation", reads, ("generation",), stochastic=True,
                summary="Fit generation and selection to receptors.")  # fmt: skip
    lengths = {"min_length": min_length, "max_length": max_length}
    return Call(step, {"arms": list(arms), **lengths, "max_obs": max_obs})


def keep_call() -> Call:
    """Return the call that keeps, of the data, the receptors that `generation_call` can generate alike ones of."""
    step = Step("keep_generable", f"{__name__}:keep_generable", ("receptors", "rows", "generation"),
                ("receptors", "rows"), summary="Keep receptors that can be generated.")  # fmt: skip
    return Call(step, {})


def generate_call(*, block: int, n_draws: int) -> Call:
    """Return the call that generates several repertoires at once, which costs less than one by one.

    Parameters
    ----------
    block
        Number of the block; names the random numbers.
    n_draws
        Repertoires of the block.
    """
    reads = ("receptors", "rows", "owner", "generation")
    step = Step("generate_repertoires", f"{__name__}:generate_repertoires", reads, ("generated",), stochastic=True,
                summary="Generate receptors.")  # fmt: skip
    return Call(step, {"block": block, "n_draws": n_draws})


def take_call(place: int) -> Call:
    """Return the call that puts one of the generated repertoires in place of the data.

    Parameters
    ----------
    place
        Its position in the block.
    """
    reads = ("receptors", "rows", "generation", "generated")
    step = Step("take_repertoire", f"{__name__}:take_repertoire", reads, ("receptors", "rows"),
                summary="Take one generated repertoire.")  # fmt: skip
    return Call(step, {"place": place})


def fit_generation(  # noqa: PLR0913 - the slots it reads
    receptors: np.ndarray,
    rows: np.ndarray,
    owner: np.ndarray,
    species: np.ndarray,
    v_names: np.ndarray,
    j_names: np.ndarray,
    *,
    arms: list[Arm],
    min_length: int,
    max_length: int,
    max_obs: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return which receptors can be generated, and the law of chains with their genes, as bytes.

    The law is ``Q(chain) P(chain | V, J)`` with the Q of `rashomon.sim.repertoire_estimate.residue_law`: fitted to the
    data, a receptor of each family of alike ones, so that families do not make their own null. Of the two chains of an
    arm the first is compared.

    Parameters
    ----------
    receptors, rows, owner, species, v_names, j_names
        Slots, see `rashomon.multiverse.unit.slots_of`.
    arms, min_length, max_length, max_obs
        See `generation_call`.
    rng
        Chooses a gene of an ambiguous call and the receptors that are kept; draws what the law is fitted to.

    Raises
    ------
    UsageError
        When no receptor can be generated.
    """
    found = _Generable.of(receptors, (v_names, j_names), str(species[0].decode()), arms, (min_length, max_length), rng)
    kept = _first_of_donor(receptors, owner[rows], np.flatnonzero(found.able), arms)
    if not kept.size:
        raise UsageError("no receptor has V, J and a junction that can be generated", where="generated receptors",
                         expected="V and J calls, junctions from C to F or W", fix="; ".join(found.notes))  # fmt: skip
    facts = {"species": found.species, "loci": found.loci, "arms": arms, "lengths": [min_length, max_length],
             "n_rows": int(rows.size), "n_able": int(found.able.sum())}  # fmt: skip
    if kept.size > max_obs:
        kept = np.sort(rng.choice(kept, max_obs, replace=False))
    tables, notes, unselected, root = {"kept": kept}, list(found.notes), [], root_entropy(rng)
    for arm in arms:
        law, n_used = _law(found, arm, receptors[arm]["aa"], kept, root)
        locus, v, j = found.loci[arm], found.genes[arm].v[kept], found.genes[arm].j[kept]
        tables |= {f"{arm}_v": v, f"{arm}_j": j, f"{arm}_weights": law.weights, f"{arm}_cap": law.cap[v, j]}
        notes.append(f"{locus}: {law.note}")
        if n_used < FEWEST_OF_LAW and (found.species, locus) not in LEARNED:
            unselected.append(locus)
    return _packed({**facts, "notes": notes, "unselected": unselected}, tables)


@dataclass(frozen=True, eq=False)
class _Generable:
    """Which receptors can be generated: by arm their genes and locus."""

    species: str
    able: np.ndarray
    genes: Mapping[Arm, GeneCodes]
    loci: Mapping[Arm, str]
    notes: tuple[str, ...]

    @classmethod
    def of(
        cls,
        receptors: np.ndarray,
        names: tuple[np.ndarray, np.ndarray],
        species: str,
        arms: list[Arm],
        lengths: tuple[int, int],
        rng: np.random.Generator,
    ) -> _Generable:
        calls = [_texts(each) for each in names]
        able = np.ones(receptors.size, dtype=bool)
        genes: dict[Arm, GeneCodes] = {}
        loci: dict[Arm, str] = {}
        for arm in arms:
            chain = receptors[arm]
            usable, loci[arm] = _usable(chain, *lengths, species)
            v, j = (texts[chain[part]] for texts, part in zip(calls, ("v", "j"), strict=True))
            model = recombination_model(species, loci[arm])
            genes[arm] = code_genes(v, j, model=model, chance=rng.random(receptors.size))
            able &= usable & (genes[arm].v >= 0)
        notes = [f"{loci[arm]}: {note}" for arm in arms for note in genes[arm].notes]
        return cls(species, able, genes, loci, tuple(notes))


def _law(found: _Generable, arm: Arm, aa: np.ndarray, kept: np.ndarray, root: int) -> tuple[ResidueLaw, int]:
    """Return the law of an arm, and the number of receptors that it was fitted to: one of each family."""
    model = recombination_model(found.species, found.loci[arm])
    families = find_families(aa[kept])
    one = families.of < 0
    one[families.hub] = True
    v, j = found.genes[arm].v[kept], found.genes[arm].j[kept]
    used = np.zeros_like(possible_pairs(model))
    used[v, j] = True
    law = fit_residue_law(aa[kept][one], v[one], j[one], model=model, possible=used, root=root)
    return law, int(one.sum())


def keep_generable(receptors: np.ndarray, rows: np.ndarray, generation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the receptors and rows that are compared with generated ones.

    Parameters
    ----------
    receptors, rows
        Slots of the data.
    generation
        From `fit_generation`.
    """
    _, tables = _unpacked(generation)
    return receptors[tables["kept"]], rows[tables["kept"]]


def generate_repertoires(
    receptors: np.ndarray,
    rows: np.ndarray,
    owner: np.ndarray,
    generation: np.ndarray,
    *,
    block: int,
    n_draws: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return repertoires of as many receptors, each with the V and J that the data have in its place.

    Parameters
    ----------
    receptors, rows, owner
        Slots of the data.
    generation
        From `fit_generation`.
    block, n_draws
        See `generate_call`.
    rng
        Seed of the block.

    Returns
    -------
    Shape ``(n_draws, n_kept)`` with the fields ``ARM_aa`` and ``ARM_nt`` of every arm: bytes. A receptor that a donor
    has already is drawn once more, because data count it once; where it comes up again it stays, and counts once.
    """
    del receptors, block
    facts, tables = _unpacked(generation)
    root, n, n_all = root_entropy(rng), tables["kept"].size, n_draws + 1
    units = np.arange(n_all * n)
    low, high = facts["lengths"]
    by_length = np.where((np.arange(MAX_LENGTH + 1) >= low) & (np.arange(MAX_LENGTH + 1) <= high), 0.0, -np.inf)
    columns: dict[str, np.ndarray] = {}
    donor = owner[rows[tables["kept"]]]
    for arm in facts["arms"]:
        model = recombination_model(facts["species"], facts["loci"][arm])
        v, j, cap = (np.tile(tables[f"{arm}_{name}"], n_all) for name in ("v", "j", "cap"))
        made = draw_tilted(model, stream_key(root, "generated", arm), units, genes=(v, j), log_cap=cap,
                           weights=tables[f"{arm}_weights"],
                           by_length=np.broadcast_to(by_length, (units.size, MAX_LENGTH + 1)))  # fmt: skip
        for name, drawn in (("aa", made.junction_aa), ("nt", made.junction), ("v", v), ("j", j)):
            columns[f"{arm}_{name}"] = drawn.reshape(n_all, n)
    for draw in range(n_draws):
        compared = [values[draw] for name, values in columns.items() if not name.endswith("_nt")]
        repeated = _repeated(donor, compared)
        for values in columns.values():
            values[draw, repeated] = values[n_draws, repeated]
    drawn_parts = {name: values[:n_draws] for name, values in columns.items() if name.endswith(("_aa", "_nt"))}
    found = np.zeros((n_draws, n), dtype=[(name, values.dtype) for name, values in drawn_parts.items()])
    for name, values in drawn_parts.items():
        found[name] = values
    return found


def take_repertoire(
    receptors: np.ndarray, rows: np.ndarray, generation: np.ndarray, generated: np.ndarray, *, place: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the receptors of one generated repertoire, and the rows in whose place they stand.

    Parameters
    ----------
    receptors, rows
        Slots of the data.
    generation
        From `fit_generation`.
    generated
        From `generate_repertoires`.
    place
        See `take_call`.
    """
    facts, tables = _unpacked(generation)
    kept, drawn = tables["kept"], generated[place]
    arms = set(facts["arms"])
    parts: list[tuple[str, Any]] = [
        (name, _widened(receptors.dtype[name], drawn, name) if name in arms else receptors.dtype[name])
        for name in receptors.dtype.names or ()
    ]
    found = np.zeros(kept.size, dtype=parts)
    for name, kind in parts:
        if name not in arms:
            found[name] = receptors[name][kept]
            continue
        for field in kind.names:
            found[name][field] = drawn[f"{name}_{field}"] if field in {"aa", "nt"} else receptors[name][field][kept]
        found[name]["productive"] = 1
    return found, rows[kept]


def generation_facts(generation: np.ndarray) -> Mapping[str, Any]:
    """Return what is known of a fit.

    Parameters
    ----------
    generation
        From `fit_generation`.

    Returns
    -------
    ``n_rows`` receptors of the data, ``n_able`` that can be generated, ``n_kept`` that are compared (each chain or pair
    once per donor), ``notes`` in
    words, and ``unselected``: loci of which no selection of residues is known, so that generated chains are less alike
    than found ones.
    """
    facts, tables = _unpacked(generation)
    return {**facts, "n_kept": int(tables["kept"].size)}


def _usable(chain: np.ndarray, low: int, high: int, species: str) -> tuple[np.ndarray, str]:
    """Return which chains can be generated, and their locus: that of most of them."""
    aa, letters = chain["aa"], letters_of(np.ascontiguousarray(chain["aa"]))
    length = np.strings.str_len(aa)
    found = np.strings.startswith(aa, b"C") & (np.strings.endswith(aa, b"F") | np.strings.endswith(aa, b"W"))
    found &= ~(letters == -2).any(axis=1) & (length >= low) & (length <= high) & (chain["productive"] != 0)
    there = np.bincount(chain["locus"][found & (chain["locus"] >= 0)], minlength=1)
    locus = LOCI[int(there.argmax())] if there.any() else ""
    reason = why_no_generation(species, [locus]) if locus else "no chain can be generated"
    if reason:
        raise UsageError(reason, where="generated receptors", expected="human or mouse TRA or TRB")  # fmt: skip
    return np.asarray(found & (chain["locus"] == LOCI.index(locus))), locus


def _first_of_donor(receptors: np.ndarray, donor: np.ndarray, places: np.ndarray, arms: list[Arm]) -> np.ndarray:
    """Return the places of receptors that are the first of their kind in a donor."""
    columns = [receptors[arm][name][places] for arm in arms for name in ("aa", "v", "j")]
    first: np.ndarray = places[~_repeated(donor[places], columns)]
    return first


def _repeated(donor: np.ndarray, columns: list[np.ndarray]) -> np.ndarray:
    group = pd.factorize(donor)[0].astype(np.int64)
    for column in columns:
        codes, names = pd.factorize(np.asarray(column))
        group = pd.factorize(group * (len(names) + 1) + codes)[0].astype(np.int64)
    return np.asarray(pd.Series(group).duplicated().to_numpy())


def _widened(old: np.dtype[Any], drawn: np.ndarray, arm: str) -> np.dtype[Any]:
    """Return the type of a chain with room for the sequences that were drawn."""
    names = old.names or ()
    return np.dtype([(name, drawn[f"{arm}_{name}"].dtype if name in {"aa", "nt"} else old[name]) for name in names])


def _texts(names: np.ndarray) -> np.ndarray:
    """Return the names behind codes as text; the last, for no call, is empty."""
    return np.array([*(name.decode() for name in names.tolist()), ""], dtype=object)


def _packed(facts: Mapping[str, Any], tables: Mapping[str, np.ndarray]) -> np.ndarray:
    buffer = io.BytesIO()
    named: dict[str, Any] = {f"table:{name}": table for name, table in tables.items()}
    np.savez(buffer, facts=np.array(json.dumps(facts)), **named)
    return np.frombuffer(buffer.getvalue(), dtype=np.uint8)


def _unpacked(generation: np.ndarray) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    with np.load(io.BytesIO(generation.tobytes()), allow_pickle=False) as file:
        tables = {name.removeprefix("table:"): file[name] for name in file.files if name.startswith("table:")}
        facts: dict[str, Any] = json.loads(str(file["facts"]))
        return facts, tables
