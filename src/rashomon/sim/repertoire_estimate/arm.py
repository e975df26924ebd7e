"""What is estimated of one arm: its genes, its law of junctions, its families, and what a twin is to reproduce."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rashomon.core import child, root_entropy
from rashomon.dataset import Arm
from rashomon.sim.repertoire_estimate.family import Families, Links, find_families, measure_links
from rashomon.sim.repertoire_estimate.gene_usage import GeneCodes, code_genes, donor_habit, gene_table, possible_pairs
from rashomon.sim.repertoire_estimate.residue_law import ResidueLaw, fit_residue_law
from rashomon.sim.repertoire_estimate.used import UsedReceptors
from rashomon.sim.selection.fit import MAX_LENGTH
from rashomon.sim.vdj import RecombinationModel, recombination_model

__all__ = ["ArmFit", "fit_arm", "length_shares", "length_tilt"]

_OF_LABEL, _OF_POOL = 10.0, 5.0
_TILT = (-3.0, 1.5)
_LEAST_LENGTH = 0.002


@dataclass(frozen=True, eq=False)
class ArmFit:
    """The receptors of one arm, and what does not change while the families are calibrated.

    Parameters
    ----------
    arm
        ``vdj`` or ``vj``.
    model
        Of its locus.
    junction_aa, rows, donors
        Of each receptor with a chain of the arm.
    genes
        Codes of its genes.
    families
        In the data.
    law
        Of junctions given the genes.
    n_rows, n_donors
        Rows of labels, the last of those without, and donors.
    """

    arm: Arm
    model: RecombinationModel
    junction_aa: np.ndarray
    rows: np.ndarray
    donors: np.ndarray
    genes: GeneCodes
    families: Families
    law: ResidueLaw
    n_rows: int
    n_donors: int

    @cached_property
    def target(self) -> Links:
        """How alike the receptors of the data are."""
        return measure_links(self.junction_aa, self.rows, n_rows=self.n_rows)

    @property
    def length(self) -> np.ndarray:
        """Residues of each junction; longer ones than `MAX_LENGTH` have this."""
        return np.minimum(np.strings.str_len(self.junction_aa).astype(np.int64), MAX_LENGTH)

    def weights(self, member_share: np.ndarray) -> np.ndarray:
        """Return what each receptor counts among those that are in no family of the twin.

        Parameters
        ----------
        member_share
            Share of the receptors of each row that the twin draws from families.
        """
        # of the members in the data, as many as families of the twin stand for count there
        placed = np.clip(member_share / np.maximum(np.nan_to_num(self.target.retention), 1e-9), 0.0, 1.0)
        return np.where(self.families.of >= 0, 1.0 - placed[self.rows], 1.0)

    def tables(self, *, member_share: np.ndarray, tilt: np.ndarray) -> dict[str, np.ndarray]:
        """Return the tables of the arm for a twin.

        Parameters
        ----------
        member_share
            Share of the receptors of each row that are drawn from families.
        tilt
            Log weights of lengths by row.
        """
        weights, n_donors = self.weights(member_share), self.n_donors
        table = gene_table(
            self.genes.v, self.genes.j, self.rows, weights=weights, n_rows=self.n_rows,
            possible=np.isfinite(self.law.cap),
        )  # fmt: skip
        classes = {
            "v": (self.genes.v, table.sum(axis=2)),
            "j": (self.genes.j, table.sum(axis=1)),
            "length": (self.length, self.lengths(member_share)),
        }
        habits = {
            name: donor_habit(codes, self.donors, self.rows, expected, weights=weights, n_donors=n_donors)
            for name, (codes, expected) in classes.items()
        }
        found = {
            "genes": table,
            "weights": self.law.weights,
            "cap": self.law.cap,
            "length": tilt,
            "family": self._family_table(),
            "member": self._members(),
            "member_share": member_share,
            "exact": self._exact(),
            **{f"donor_{name}": np.clip(habit, *_TILT) for name, habit in habits.items()},
        }
        return {f"{self.arm}_{name}": values for name, values in found.items()}

    def lengths(self, member_share: np.ndarray) -> np.ndarray:
        """Return the shares of lengths by row of what is in no family of the twin (`member_share`: see `weights`)."""
        return length_shares(self.length, self.rows, self.weights(member_share), n_rows=self.n_rows)

    def _family_table(self) -> np.ndarray:
        """Return V, J and length of the hub of each family, its parent, and the row with most of its members."""
        hub, member = self.families.hub, self.families.of >= 0
        n_of = np.zeros((hub.size, self.n_rows))
        np.add.at(n_of, (self.families.of[member], self.rows[member]), 1)
        row = n_of.argmax(axis=1) if hub.size else np.empty(0, dtype=np.int64)
        v, j, length = self.genes.v[hub], self.genes.j[hub], self.length[hub]
        # a length that generation hardly gives these genes is not asked for: a wrong call, or an error of reading
        able = (v >= 0) & (self.law.lengths[v, j, length] >= _LEAST_LENGTH)
        columns = (v, j, np.where(able, length, -1), self.families.parent, row)
        return np.column_stack(columns).astype(np.int64)

    def _members(self) -> np.ndarray:
        """Return row, family, and how many members of the row it has, sorted."""
        member = self.families.of >= 0
        pairs = np.column_stack([self.rows[member], self.families.of[member]])
        listed, count = np.unique(pairs, axis=0, return_counts=True)
        return np.column_stack([listed.reshape(-1, 2), count]).astype(np.int64)

    def _exact(self) -> np.ndarray:
        """Return the share of the members of each row that are as their hub; that of all where a row has none."""
        member = self.families.of >= 0
        size = np.bincount(self.rows[member], minlength=self.n_rows)
        same = np.bincount(self.rows[member], weights=self.families.exact[member], minlength=self.n_rows)
        pooled = same.sum() / max(size.sum(), 1)
        return np.asarray((same + pooled) / (size + 1))


def fit_arm(used: UsedReceptors, arm: Arm, *, root: int) -> ArmFit:
    """Return what is estimated of an arm of the receptors in `used` before calibration; `root` seeds what is drawn."""
    kept = np.flatnonzero(used.chains[arm] >= 0)
    chain = used.chains[arm][kept]
    model = recombination_model(used.species, used.loci[arm])
    chance = child(root, "calls", arm).random(kept.size)
    calls = used.receptors.v.texts[chain], used.receptors.j.texts[chain]
    genes = code_genes(*calls, model=model, chance=chance)
    aa = used.receptors.junction_aa[chain]
    families = find_families(aa)
    one = families.of < 0
    one[families.hub] = True
    one &= genes.v >= 0
    law = fit_residue_law(
        aa[one], genes.v[one], genes.j[one], model=model, possible=possible_pairs(model),
        root=root_entropy(child(root, "law", arm)),
    )  # fmt: skip
    rows, donors = used.rows[kept], used.donors[kept]
    return ArmFit(arm, model, aa, rows, donors, genes, families, law, used.n_rows, len(used.donor_names))


def length_shares(length: np.ndarray, rows: np.ndarray, weights: np.ndarray, *, n_rows: int) -> np.ndarray:
    """Return the share of each length, shape ``(n_rows, MAX_LENGTH + 1)``; rows without receptors are as all are.

    Parameters
    ----------
    length, rows, weights
        Of each receptor: residues, row, and what it counts.
    n_rows
        Number of rows.

    Examples
    --------
    >>> length_shares(np.array([9, 9, 12]), np.zeros(3, dtype=int), np.ones(3), n_rows=1)[0, [9, 12]].round(3).tolist()
    [0.667, 0.333]
    """
    counts = np.zeros((n_rows, MAX_LENGTH + 1))
    np.add.at(counts, (rows, length), weights)
    pooled = counts.sum(axis=0) / max(counts.sum(), 1e-9)
    small = 1e-6
    return np.asarray((counts + small * pooled) / (counts.sum(axis=1, keepdims=True) + small))


def length_tilt(wanted: np.ndarray, drawn: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return the log weights that turn lengths that were drawn into wanted ones, by row.

    Parameters
    ----------
    wanted, drawn
        Shares of lengths by row.
    size
        Receptors of each row in the data: fewer are drawn more strongly towards no weights.

    Examples
    --------
    >>> tilt = length_tilt(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]]), np.array([1e9]))
    >>> np.exp(tilt).round(3).tolist()
    [[2.0, 0.667]]
    """
    pooled = drawn.mean(axis=0)
    base = np.maximum((drawn * 1_000 + _OF_POOL * pooled) / (1_000 + _OF_POOL), 1e-6)
    aim = (size[:, None] * wanted + _OF_LABEL * base) / (size[:, None] + _OF_LABEL)
    return np.asarray(np.clip(np.log(aim / base), *_TILT))
