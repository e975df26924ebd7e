"""Families of a twin: receptors that differ in one residue from a founder, as many and as large as the data have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import numpy as np

from rashomon.sim.motif.implant import implant
from rashomon.sim.motif.residue import RESIDUES, middle_shares
from rashomon.sim.node import Scene
from rashomon.sim.repertoire.clone import clones
from rashomon.sim.repertoire.epitope import ARMS_OF_MOTIFS
from rashomon.sim.repertoire.fitted import FREE, draw_fitted, is_fitted, row_of
from rashomon.sim.selection.fit import MAX_LENGTH
from rashomon.sim.stream import stream_key, uniforms
from rashomon.sim.vdj import RecombinationModel, Recombinations

__all__ = ["ARM_OF", "clone_family", "place_families"]

ARM_OF = dict(zip(ARMS_OF_MOTIFS, ("vj", "vdj"), strict=True))
"""Arm of the chains in each column of `clone_family`."""

_FOUNDER = 2**41
"""Number of the founder of the first family: above all clones and public receptors."""

_KEPT = (4, 4)
"""Residues at both ends that all members share: germline nearly alone makes them."""

_HOT = 0.7
"""Changed members of a family that differ from the founder at its own place; the others do so anywhere."""

_OTHER_LENGTH = -6.0
"""Log of how much rarer founders of another length than the fitted one are: never impossible, hardly ever drawn."""

_MOST_SHARE = 0.98


def clone_family(s: Scene) -> np.ndarray:
    """Return the family of each chain of each clone of scene `s`, shape ``(n_clones, 2)``, alpha and beta; -1: none.

    Both chains of a clone join families together as often as in the data, and then two families of one clonotype. A
    clone that sees an epitope which was planted, not fitted, is in no family.
    """
    units = clones(s)
    rows, fitted = row_of(s, units), "label_share" in s.fitted
    free = (s["clone_invariant"] == 0) & (s["clone_public"] < 0) & (fitted | (s["clone_epitope"] < 0))
    labelled = fitted & (s["clone_epitope"] >= 0)
    strength = np.where(labelled, s.knobs["label_strength"], s.knobs["family_strength"])
    toss = {arm: s.chances(f"clone_family {arm}", units, n=2) for arm in ARM_OF.values()}
    link = s.chances("clone_family pair", units, n=2)
    if "member_link" in s.fitted:
        # one chance for both joins them as far as their shares allow
        together = link[:, 0] < s.fitted["member_link"][0]
        toss["vj"][:, 0] = np.where(together, toss["vdj"][:, 0], toss["vj"][:, 0])
    found = np.full((units.size, len(ARM_OF)), -1)
    for column, arm in enumerate(ARM_OF.values()):
        if not is_fitted(s, arm):
            continue
        share = np.minimum(s.fitted[f"{arm}_member_share"][rows] * strength, _MOST_SHARE)
        joins = free & (toss[arm][:, 0] < share)
        found[joins, column] = _drawn(s.fitted[f"{arm}_member"], rows[joins], toss[arm][joins, 1])
    return _of_clonotypes(s, found, rows, link[:, 1], toss) if "member_link" in s.fitted else found


def _of_clonotypes(
    s: Scene, found: np.ndarray, rows: np.ndarray, chance: np.ndarray, toss: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Return families in which those of both chains are two of one clonotype of the data, and single ones are not.

    Where the label of a clone has no such families, it keeps what `found` says.
    """
    joined = (found >= 0).all(axis=1)
    pairs = s.fitted["clonotype"]
    place = _place(pairs, rows[joined], chance[joined])
    known = np.flatnonzero(joined)[place >= 0]
    result = found.copy()
    result[known] = pairs[place[place >= 0], 1:3]
    for column, arm in enumerate(ARM_OF.values()):
        single = (found[:, column] >= 0) & ~joined
        alone = _drawn(s.fitted[f"{arm}_alone"], rows[single], toss[arm][single, 1])
        result[single, column] = np.where(alone >= 0, alone, found[single, column])
    return result


def _drawn(member: np.ndarray, rows: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return a family for each clone, by the numbers of members that each has in the row of the clone; -1: none."""
    place = _place(member, rows, chance)
    return np.where(place >= 0, member[place, 1], -1) if len(member) else place


def _place(listed: np.ndarray, rows: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return an entry of a table for each clone, of those of its row, as often as the last column says; -1: none."""
    found = np.full(rows.size, -1)
    for row in np.unique(rows):
        mine, entries = rows == row, np.flatnonzero(listed[:, 0] == row)
        if entries.size:
            edges = np.cumsum(listed[entries, -1])
            place = np.searchsorted(edges, chance[mine] * edges[-1], side="right")
            found[mine] = entries[np.minimum(place, entries.size - 1)]
    return found


def place_families(s: Scene, model: RecombinationModel, arm: str, clones: np.ndarray, chains: np.ndarray) -> None:
    """Replace chains of members by those of their families, in place.

    Parameters
    ----------
    s
        With its tables played.
    model, arm
        Model of the arm, and its name.
    clones
        Numbers of the clones.
    chains
        Table of their chains.
    """
    family = s["clone_family"][clones, list(ARM_OF.values()).index(arm)]
    mine = np.flatnonzero(family >= 0)
    if not mine.size:
        return
    needed, place = np.unique(family[mine], return_inverse=True)
    made = _founders(s, model, arm, needed)[place]
    toss = uniforms(stream_key(s.root, f"{arm} member"), clones[mine], 3)
    exact = s.fitted[f"{arm}_exact"][row_of(s, clones[mine])]
    at = np.where(toss[:, 1] < _HOT, _hot_place(s, arm, family[mine], made), _any_place(made, toss[:, 1], _HOT))
    changed = _mutated(s, f"{arm} member residue", made, clones[mine], np.where(toss[:, 0] < exact, FREE, at))
    for field in fields(Recombinations):
        if field.name != "model":
            chains[field.name][mine] = getattr(changed, field.name)


def _founders(s: Scene, model: RecombinationModel, arm: str, needed: np.ndarray) -> Recombinations:
    """Return the founders of families: a root is generated, any other differs from its parent in one residue."""
    table = s.fitted[f"{arm}_family"]
    chain = [needed]
    while (table[chain[-1], 3] >= 0).any():
        parents = table[chain[-1], 3]
        chain.append(np.where(parents >= 0, parents, chain[-1]))
    # the last step of every chain is the root
    roots, place = np.unique(chain[-1], return_inverse=True)
    asked = table[roots]
    wanted = (np.arange(MAX_LENGTH + 1) == asked[:, 2:3]) | (asked[:, 2:3] < 0)
    by_length = np.where(wanted, 0.0, _OTHER_LENGTH)
    donors = np.full(roots.size, FREE)
    made = draw_fitted(
        s, model, arm, _FOUNDER + roots, rows=asked[:, 4], donors=donors, genes=(asked[:, 0], asked[:, 1]),
        by_length=by_length,
    )[place]  # fmt: skip
    for step in range(len(chain) - 2, -1, -1):
        here, above = chain[step], chain[step + 1]
        toss = uniforms(stream_key(s.root, f"{arm} founder"), here, 1)[:, 0]
        at = np.where(here != above, _any_place(made, toss, 0.0), FREE)
        made = _mutated(s, f"{arm} founder residue", made, here, at)
    return made


def _any_place(made: Recombinations, chance: np.ndarray, low: float) -> np.ndarray:
    """Return a place between the ends of each chain, for chances from `low` to 1."""
    length = np.strings.str_len(made.junction_aa).astype(np.int64)
    room = np.maximum(length - sum(_KEPT), 1)
    share = np.clip((chance - low) / (1.0 - low), 0.0, 1.0 - 1e-12)
    return np.minimum(_KEPT[0], length // 2) + np.floor(share * room).astype(np.int64)


def _hot_place(s: Scene, arm: str, family: np.ndarray, made: Recombinations) -> np.ndarray:
    return _any_place(made, uniforms(stream_key(s.root, f"{arm} hot place"), family, 1)[:, 0], 0.0)


def _mutated(s: Scene, stream: str, made: Recombinations, units: np.ndarray, at: np.ndarray) -> Recombinations:
    """Return the chains with another residue, as frequent as in the middle of junctions, at a place; `FREE`: none."""
    length = np.strings.str_len(made.junction_aa).astype(np.int64)
    edges = np.cumsum(middle_shares(cysteine=False))
    residue = np.searchsorted(edges / edges[-1], uniforms(stream_key(s.root, stream), units, 1)[:, 0])
    letter = np.frombuffer(RESIDUES.encode(), dtype="S1")[np.minimum(residue, len(RESIDUES) - 1)]
    planted = implant(
        made.junction, made.junction_aa, np.where(at >= 0, letter, b""), key=stream_key(s.root, f"{stream} codon"),
        units=units, v_keep=np.maximum(at, 0), j_keep=np.maximum(length - np.maximum(at, 0) - 1, 0),
    )  # fmt: skip
    columns = {field.name: getattr(made, field.name) for field in fields(Recombinations)}
    return Recombinations(**{**columns, "junction": planted.junction, "junction_aa": planted.junction_aa})
