"""Receptors that enter a fit: unique in their donor, with a chain that a model can make, a label and a donor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from rashomon.core import UsageError, first_few
from rashomon.dataset import ARMS, LOCI, Arm, Dataset, Receptors, Truth, chain_order, nesting, unique_receptors
from rashomon.sim.repertoire_estimate.donor_hla import donor_hla
from rashomon.sim.selection.feature import letters_of
from rashomon.sim.vdj import MODELS

__all__ = ["FEWEST", "FEWEST_OF_LABEL", "UsedReceptors", "choose_receptors"]

FEWEST, FEWEST_OF_LABEL = 100, 10
"""Receptors of a fit, and of a label: those of rarer labels count as unlabelled."""

_LEAST_SHARE = 0.5
"""Share of the receptors that have a chain of an arm, or else the arm is left out."""

_LOCI = ("TRA", "TRB")


@dataclass(frozen=True, eq=False)
class UsedReceptors:
    """What enters the fit, a row per unique receptor.

    Parameters
    ----------
    species
        Of the models.
    loci
        Locus of each arm that is fitted.
    chains
        By arm: which chain of `receptors` each row has, -1 where it has none.
    receptors
        All chains.
    rows
        Label of each receptor; the number of labels where it has none.
    donors
        Donor of each receptor.
    copies
        Cells, reads or molecules of each, at least 1.
    labels, donor_names
        Names; no labels where none were asked for.
    notes
        What was left out, and what was decided.
    hla, hla_names
        HLA type of each donor, see `rashomon.sim.repertoire_estimate.donor_hla.donor_hla`; empty without a column.
    """

    species: str
    loci: Mapping[Arm, str]
    chains: Mapping[Arm, np.ndarray]
    receptors: Receptors
    rows: np.ndarray
    donors: np.ndarray
    copies: np.ndarray
    labels: tuple[str, ...]
    donor_names: tuple[str, ...]
    notes: tuple[str, ...]
    hla: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    hla_names: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Number of receptors."""
        return int(self.rows.size)

    @property
    def n_rows(self) -> int:
        """Number of labels, and one for those without."""
        return len(self.labels) + 1


def choose_receptors(
    dataset: Dataset,
    labels: str | None = None,
    *,
    donor_key: str | None = None,
    batch_key: str | None = None,
    null: bool = False,
) -> UsedReceptors:
    """Return the receptors of a data set that a twin is fitted to.

    Parameters
    ----------
    dataset
        With receptors.
    labels
        A declared truth, or a column; None: no labels.
    donor_key
        Column of donors; None: the declared role, else one donor.
    batch_key
        Column of batches, which labels must be told from; None: the declared role.
    null
        Leave the labels out.

    Raises
    ------
    UsageError
        ``fit.locus`` when there is no model for the chains, ``fit.too_small`` for fewer than `FEWEST` receptors,
        ``fit.one_class`` when fewer than two labels have `FEWEST_OF_LABEL`, ``fit.aliased`` when labels cannot be told
        from batches or donors, ``fit.column`` when there is no such column.
    """
    told = _with_columns(dataset, labels, {"donor": donor_key, "batch": batch_key})
    found = told if told.item == "receptor" else unique_receptors(told)[0]
    notes = [f"{found.n_obs:,} receptors are unique within their donor"]
    chains, loci = _arms(found, notes)
    truth = None if labels is None or null else found.truths[labels]
    keep = np.any([chain >= 0 for chain in chains.values()], axis=0)
    donors, donor_names = _donors(found, keep, notes)
    keep = keep & (donors >= 0)
    if keep.sum() < FEWEST:
        raise UsageError(
            f"{int(keep.sum())} receptors are too few for a fit",
            where=found.source,
            expected=f"at least {FEWEST} unique productive receptors whose donor is known",
            fix="; ".join(notes),
            code="fit.too_small",
        )
    rows, names = _labels(truth, keep, notes)
    _check_aliases(found, truth, keep)
    hla = donor_hla(found.obs, np.where(keep, donors, -1), n_donors=len(donor_names), notes=notes)
    if (~keep).any():
        notes.append(f"{int((~keep).sum()):,} receptors are left out: no chain that can be fitted, or no donor")
    copies = found.obs["copies"].to_numpy(float) if "copies" in found.obs else np.ones(found.n_obs)
    assert found.receptors is not None  # noqa: S101 - checked by unique_receptors
    return UsedReceptors(
        found.receptors.species, loci, {arm: chain[keep] for arm, chain in chains.items()}, found.receptors,
        rows[keep], donors[keep], np.maximum(np.nan_to_num(copies[keep], nan=1.0), 1.0), names, donor_names,
        tuple(notes), *hla,
    )  # fmt: skip


def _with_columns(dataset: Dataset, labels: str | None, keys: Mapping[str, str | None]) -> Dataset:
    for name in (labels, *keys.values()):
        if name is not None and name not in dataset.truths and name not in dataset.obs:
            raise UsageError(
                f"there is no column {name!r}",
                where=dataset.source,
                expected=f"one of {first_few(sorted(map(str, dataset.obs.columns)), n=20)}",
                code="fit.column",
            )
    found = dataset
    if labels is not None and labels not in dataset.truths:
        found = replace(found, truths={**found.truths, labels: Truth.from_series(found.obs[labels], name=labels)})
    for role, key in keys.items():
        if key is not None and key in found.obs:
            column = Truth.from_series(found.obs[key], kind="technical", name=key)
            found = replace(found, roles=replace(found.roles, **{role: column}))
    return found


def _arms(found: Dataset, notes: list[str]) -> tuple[dict[Arm, np.ndarray], dict[Arm, str]]:
    """Return the chain of each receptor, and the locus, of every arm that can be fitted."""
    receptors = found.receptors
    assert receptors is not None  # noqa: S101 - checked by unique_receptors
    chains: dict[Arm, np.ndarray] = {}
    loci: dict[Arm, str] = {}
    able = _able(receptors)
    for arm in ARMS:
        order = chain_order(receptors, arm)
        order = order[able[order]]
        chain = np.full(found.n_obs, -1)
        rows, first = np.unique(receptors.obs[order], return_index=True)
        chain[rows] = order[first]
        there = chain >= 0
        if there.any():
            code = np.bincount(receptors.locus[chain[there]]).argmax()
            chain[there & (receptors.locus[chain] != code)] = -1
            chains[arm], loci[arm] = chain, LOCI[code]
    sizes = {arm: int((chain >= 0).sum()) for arm, chain in chains.items()}
    for arm, size in sizes.items():
        if size < max(_LEAST_SHARE * found.n_obs, 1) and size < max(sizes.values()):
            notes.append(f"{loci[arm]} is left out: {size:,} of {found.n_obs:,} receptors have it")
            del chains[arm], loci[arm]
        elif size < found.n_obs and len(sizes) > 1:
            notes.append(f"{found.n_obs - size:,} receptors have no {loci[arm]} that can be fitted; a twin's all have")
    _check_loci(found, receptors.species, list(loci.values()))
    return chains, loci


def _able(receptors: Receptors) -> np.ndarray:
    """Return which chains are productive, with a junction of residues from C to F or W."""
    aa, letters = receptors.junction_aa, letters_of(receptors.junction_aa)
    anchored = np.strings.startswith(aa, b"C") & (np.strings.endswith(aa, b"F") | np.strings.endswith(aa, b"W"))
    whole = ~(letters == -2).any(axis=1) & (np.strings.str_len(aa) >= _SHORTEST)
    return np.asarray(anchored & whole & (receptors.productive != 0))


_SHORTEST = 6


def _check_loci(found: Dataset, species: str, loci: list[str]) -> None:
    wrong = [locus for locus in loci if (species, locus) not in MODELS or locus not in _LOCI]
    if wrong or not loci:
        raise UsageError(
            f"no twin can be fitted to {species or 'unknown species'} {' and '.join(wrong) or 'without chains'}",
            where=found.source,
            expected="human or mouse TRA or TRB, which have a model of recombination",
            fix="" if species else "say the species where the table is read",
            code="fit.locus",
        )


def _donors(found: Dataset, keep: np.ndarray, notes: list[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    role = found.roles.donor or found.roles.sample
    if role is None:
        notes.append("no column of donors: all receptors are of one donor")
        return np.zeros(found.n_obs, dtype=np.int64), ("donor_1",)
    present, codes = np.unique(role.codes[keep & (role.codes >= 0)], return_inverse=True)
    donors = np.full(found.n_obs, -1)
    donors[keep & (role.codes >= 0)] = codes
    lost = int((keep & (role.codes < 0)).sum())
    if lost:
        notes.append(f"{lost:,} receptors have no donor")
    return donors, tuple(str(role.categories[code]) for code in present.tolist())


def _labels(truth: Truth | None, keep: np.ndarray, notes: list[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    if truth is None:
        return np.zeros(keep.size, dtype=np.int64), ()
    size = np.bincount(truth.codes[keep & (truth.codes >= 0)], minlength=len(truth.categories))
    kept = np.flatnonzero(size >= FEWEST_OF_LABEL)
    if kept.size < 2:
        raise UsageError(
            f"{kept.size} classes of {truth.name!r} have {FEWEST_OF_LABEL} receptors or more",
            where=truth.name,
            expected="two classes or more",
            fix="choose another column, or fit without labels",
            code="fit.one_class",
        )
    place = np.full(len(truth.categories) + 1, kept.size)
    place[kept] = np.arange(kept.size)
    rows = place[np.where(truth.codes >= 0, truth.codes, len(truth.categories))]
    rare = (size > 0) & (size < FEWEST_OF_LABEL)
    if rare.any():
        notes.append(
            f"{int(rare.sum())} labels of fewer than {FEWEST_OF_LABEL} receptors count as unlabelled "
            f"({int(size[rare].sum()):,} receptors)"
        )
    if truth.sets is not None:
        several = int((np.diff(truth.sets.indptr) > 1)[keep].sum())
        notes.append(f"{several:,} receptors with several labels count as unlabelled")
    return rows, tuple(truth.categories[code] for code in kept.tolist())


def _check_aliases(found: Dataset, truth: Truth | None, keep: np.ndarray) -> None:
    if truth is None:
        return
    labelled = np.where(keep, truth.codes, -1)
    batch, donor = found.roles.batch, found.roles.donor
    fixed = batch is not None and len(batch.categories) > 1 and nesting(batch.codes, labelled) in {"same", "nested"}
    same = donor is not None and len(donor.categories) > 1 and nesting(donor.codes, labelled) == "same"
    if fixed or same:
        other = batch if fixed else donor
        raise UsageError(
            f"{truth.name} cannot be told from {other.name if other else ''}: each of its classes has one label",
            where="fit",
            expected="classes that occur with several labels",
            fix="leave one of the two out, or fit with null=True",
            code="fit.aliased",
        )
