"""The distance up to which receptors may be linked, learned from labelled receptors of several studies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
import scipy.sparse as sp
from anndata import AnnData

from rashomon.ask.cutoff.calibration import Against, Background, Calibration
from rashomon.ask.cutoff.close_pair import ClosePairs
from rashomon.ask.cutoff.fit import calibrate
from rashomon.ask.cutoff.labelled_receptor import LabelledReceptors
from rashomon.core import RNGLike, UsageError, child, did_you_mean, root_entropy
from rashomon.dataset import Dataset, Truth, receptor_items, unique_receptors
from rashomon.encode.gene_match import match_genes
from rashomon.encode.receptor_chain import Chain, select_chains
from rashomon.encode.sequence_distance import sequence_distance
from rashomon.encode.tcrdist import tcrdist_distance
from rashomon.io.receptor.modality import receptor_dataset
from rashomon.io.receptor.read import read_receptors, receptors_from_frame
from rashomon.perturb.matched_background import shuffle_within_strata

__all__ = ["calibrate_cutoff"]

Data: TypeAlias = Path | str | pd.DataFrame | AnnData | Dataset
Metric = Literal["hamming", "levenshtein", "tcrdist"]
VMatch = Literal["none", "family", "gene"]

_STEP = {"hamming": 1, "levenshtein": 1, "tcrdist": 6}
_LARGEST = {"hamming": 3, "levenshtein": 2, "tcrdist": 36}
"""Largest cutoff by default for one chain; twice that of TCRdist for two, whose distances add up."""

_N_SHUFFLES = 5
"""Shuffles of the labelled receptors: chance in the background is then small beside that of the labelled pairs."""


def calibrate_cutoff(
    data: Data,
    *,
    truth: str,
    study_key: str,
    donor_key: str | None = None,
    metric: Metric = "hamming",
    chain: Chain = "vdj",
    v_match: VMatch = "none",
    prevalence: float | None = None,
    max_cutoff: int | None = None,
    against: Against = "matched",
    unselected: Data | None = None,
    unselected_donor_key: str = "donor",
    species: str | None = None,
    rng: RNGLike = 0,
) -> Calibration:
    """Return how likely receptors within each distance are to share a label, learned across studies.

    Parameters
    ----------
    data
        Labelled receptors: a file or data frame as `rashomon.io.receptor.read_receptors` reads them, AnnData with
        receptors, or a data set with this truth. Copies within a donor count once.
    truth
        Label column, such as the epitope, as in `audit`. A receptor with several labels has them all.
    study_key
        Column of studies or batches: only pairs of different ones count. Of a data set: a column of its table.
    donor_key
        Column of donors; by default each study is one.
    metric
        ``hamming``, ``levenshtein`` (both on the junction) or ``tcrdist`` (as tcrdist3 defines it).
    chain
        ``vdj``, ``vj`` or ``paired``.
    v_match
        What the V calls of a link must share: ``none``, ``family`` or ``gene``.
    prevalence
        Share of all pairs that share a label where the cutoff will be used, in (0, 1); by default that of these data.
    max_cutoff
        Largest cutoff; by default 3 (Hamming), 2 (Levenshtein) or 36 (TCRdist; 72 for pairs of chains).
    against
        Background of the ratio: ``matched`` (shuffled within V, J and length), ``different`` (no common label) or
        ``blood``, which needs `unselected`.
    unselected
        Unselected receptors of several donors, such as `rashomon.datasets.blood_trb` for human beta chains.
    unselected_donor_key
        Their column of donors.
    species
        As in `read_receptors`.
    rng
        Root of the shuffles.

    Raises
    ------
    UsageError
        With a code ``calibrate...`` when the data cannot say, see `rashomon.ask.cutoff.fit.calibrate`; when a name
        is unknown.

    Notes
    -----
    Whatever the default prevalence says, labelled receptors share labels far more often than those of a repertoire:
    state the prevalence of the data in which the cutoff will be used.
    """
    for name, value, options in (("metric", metric, get_args(Metric)), ("v_match", v_match, get_args(VMatch))):
        if value not in options:
            raise UsageError(f"unknown {name} {value!r}", where="calibrate_cutoff", fix=did_you_mean(value, options))
    root = root_entropy(rng)
    step = _STEP[metric]
    largest = max_cutoff if max_cutoff is not None else _LARGEST[metric] * (1 + (step > 1 and chain == "paired"))
    if largest < 0:
        raise UsageError(f"max_cutoff is {largest}", where="calibrate_cutoff", expected="0 or more")
    link = _linker(metric, v_match, largest)
    dataset = _read(data, truth=truth, study_key=study_key, donor_key=donor_key, species=species)
    chosen = _Chosen.of(dataset, chain)
    sets, study = chosen.labels(_truth(dataset, truth)), chosen.codes(dataset.roles.batch)
    receptors = LabelledReceptors.choose(sets, study)
    labelled = chosen.take(receptors.kept)
    draws = tuple(link(labelled.shuffled(child(root, "calibrate", k))) for k in range(_N_SHUFFLES))
    backgrounds = {"matched": Background(draws)}
    if unselected is not None:
        pool = _read(unselected, truth=None, study_key=None, donor_key=unselected_donor_key, species=species)
        others = _Chosen.of(pool, chain)
        backgrounds["blood"] = Background((link(others),), others.codes(pool.roles.donor))
    return calibrate(
        receptors,
        link(labelled),
        backgrounds,
        cutoffs=np.arange(0, largest + 1, step),
        against=against,
        prevalence=prevalence,
        what=f"{metric} distance of the {chain} junctions" + (f" with a common V {v_match}" * (v_match != "none")),
    )


@dataclass(frozen=True, eq=False)
class _Chosen:
    """Chains to compare, and the receptor of each item."""

    vdj: np.ndarray
    vj: np.ndarray
    items: np.ndarray
    rows: np.ndarray
    v_names: np.ndarray
    j_names: np.ndarray

    @classmethod
    def of(cls, dataset: Dataset, chain: Chain) -> _Chosen:
        """Choose the chains of a data set of unique receptors."""
        receptors = dataset.receptors
        assert receptors is not None  # noqa: S101 - unique_receptors refuses data without
        calls = (receptors.v, receptors.j, receptors.v_raw, receptors.j_raw)
        names = [np.array([name.encode() for name in call.names], dtype="S") for call in calls]
        owner = dataset.roles.donor or dataset.roles.batch
        donor = owner.codes if owner is not None else np.zeros(dataset.n_obs, dtype=np.int32)
        items = receptor_items(receptors, dataset.n_obs)
        return cls(*select_chains(items, np.arange(dataset.n_obs), donor, *names, chain=chain))

    @property
    def n_items(self) -> int:
        return int(self.items.max(initial=-1)) + 1

    def labels(self, truth: Truth) -> sp.csr_matrix:
        """Return the labels of each item: those of its receptors together."""
        place = (self.items, np.arange(self.items.size))
        member = sp.csr_matrix((np.ones(self.items.size, dtype=np.int32), place))
        return sp.csr_matrix((member @ truth.label_sets[self.rows].astype(np.int32)) > 0)

    def codes(self, role: Truth | None) -> np.ndarray:
        """Return the code of the role of each item: that of its first receptor."""
        if role is None:
            return np.full(self.n_items, -1, dtype=np.int32)
        first = np.unique(self.items, return_index=True)[1]
        codes: np.ndarray = role.codes[self.rows[first]]
        return codes

    def take(self, kept: np.ndarray) -> _Chosen:
        """Return some items, numbered anew; `kept` ascends."""
        place = np.full(self.n_items, -1, dtype=np.int64)
        place[kept] = np.arange(kept.size)
        arms = []
        for chains in (self.vdj, self.vj):
            some = chains[place[chains["item"]] >= 0].copy()
            some["item"] = place[some["item"]]
            arms.append(some)
        rows = place[self.items] >= 0
        return replace(self, vdj=arms[0], vj=arms[1], items=place[self.items[rows]], rows=self.rows[rows])

    def shuffled(self, rng: np.random.Generator) -> _Chosen:
        """Return the items with junctions shuffled within V, J and length, each arm by itself."""
        arms = []
        for chains in (self.vdj, self.vj):
            mixed = chains.copy()
            if chains.size:
                mixed["aa"] = shuffle_within_strata(chains["aa"], chains["v"], chains["j"], rng=rng).aa
            arms.append(mixed)
        return replace(self, vdj=arms[0], vj=arms[1])


def _linker(metric: Metric, v_match: VMatch, cutoff: int) -> Callable[[_Chosen], ClosePairs]:
    """Return the function that finds the close pairs of items."""

    def link(chosen: _Chosen) -> ClosePairs:
        arms = (chosen.vdj, chosen.vj, chosen.items)
        if metric == "tcrdist":
            found = tcrdist_distance(*arms, chosen.v_names, cutoff=cutoff)
        else:
            found = sequence_distance(*arms, metric=metric, cutoff=cutoff)
        found = match_genes(found, chosen.vdj, chosen.vj, chosen.v_names, chosen.j_names, v=v_match)
        return ClosePairs.from_distances(found)

    return link


def _truth(dataset: Dataset, truth: str) -> Truth:
    """Return the one truth that was read, or that of this name."""
    if truth in dataset.truths:
        return dataset.truths[truth]
    if len(dataset.truths) == 1:
        return next(iter(dataset.truths.values()))
    raise UsageError(
        f"there is no truth {truth!r}", where=dataset.source, fix=did_you_mean(truth, map(str, dataset.truths))
    )


def _read(
    data: Data, *, truth: str | None, study_key: str | None, donor_key: str | None, species: str | None
) -> Dataset:
    """Return the unique receptors of data of any kind; the studies are its batches."""
    truths = None if truth is None else [truth]
    if isinstance(data, Dataset):
        dataset = data
        if study_key is not None:
            if study_key not in dataset.obs:
                fix = did_you_mean(study_key, map(str, dataset.obs.columns))
                raise UsageError(f"there is no column {study_key!r}", where=f"{dataset.source}, obs", fix=fix)
            batch = Truth.from_series(dataset.obs[study_key], kind="technical")
            dataset = replace(dataset, roles=replace(dataset.roles, batch=batch))
    elif isinstance(data, pd.DataFrame):
        roles = {"donor": donor_key, "batch": study_key}
        dataset = receptors_from_frame(data, truths=truths, roles=roles, species=species)
    elif isinstance(data, AnnData):
        dataset = receptor_dataset(data, truths=truths, donor_key=donor_key, batch_key=study_key, species=species)
    else:
        dataset = read_receptors(data, truths=truths, donor_key=donor_key, batch_key=study_key, species=species)
    return dataset if dataset.item == "receptor" else unique_receptors(dataset)[0]
