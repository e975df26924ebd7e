"""The paired part of an audit: where clusters made from expression and those made from receptors agree."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rashomon.cluster.clonotype import define_clonotypes
from rashomon.core import child
from rashomon.core.labels import MISSING, UNASSIGNED
from rashomon.dataset import LOCI, Dataset, Truth, owners, receptor_items, unique_receptors
from rashomon.engine import Engine, Store
from rashomon.multiverse import Executor, Multiverse, receptor_multiverse, slots_of
from rashomon.multiverse.base import FULL_DATA, label_unit
from rashomon.score.receptor.clone_state import States, clone_states
from rashomon.study.paired_table import Paired, paired_tables
from rashomon.study.result import Audit

__all__ = ["PAIRED_COUNTS", "counts_line", "pair"]

PAIRED_COUNTS = "paired_counts"
"""Table that says of every cell of either kind whether it was used, and why not."""

_B_LOCI = {"IGH", "IGK", "IGL"}


_Ledger = list[tuple[str, int, str]]
"""Steps, cells and reasons."""


def counts_line(n_expression: int, n_receptors: int, n_both: int) -> str:
    """Return in words how many cells are of which kind.

    Parameters
    ----------
    n_expression, n_receptors, n_both
        Cells with expression, with receptors, and with both.

    Examples
    --------
    >>> counts_line(150, 150, 100)
    '150 cells with expression, 150 with receptors, 100 with both'
    """
    return f"{n_expression:,} cells with expression, {n_receptors:,} with receptors, {n_both:,} with both"


def pair(
    found: Audit,
    receptors: Dataset | None,
    *,
    n_receptors: int,
    engine: Engine | None = None,
    store: Store | None = None,
    reason: str = "",
) -> dict[str, pd.DataFrame]:
    """Compare the clusters of a finished audit of expression with the receptors of the same cells.

    The unit is a clonotype of a donor (nucleotides of the junction with V and J of the chain that is compared; heavy
    chains by their own rule): its state is the cluster that most of its cells are in. Receptors are clustered by the
    default pipeline for receptors, one unit per unique receptor of a donor; a cluster that holds one clonotype only is
    none.

    Parameters
    ----------
    found
        The audit of the cells with expression.
    receptors
        Rows are cells with receptors that are also in `found`, in any order, with the donor role where it is known;
        None where there are none.
    n_receptors
        Cells with receptors in all.
    engine, store
        How the receptors are clustered, and where that is kept.
    reason
        Why `receptors` is None.

    Returns
    -------
    ``paired_counts`` (what became of the cells), ``paired`` (agreement), ``paired_clusters`` (cluster x receptor
    cluster), ``paired_states`` (expansion by cluster), ``paired_clones`` (clones of two cells or more) and
    ``paired_cells`` (labels of every shared cell). Where nothing can be compared only the first has rows.
    """
    n_expression = found.dataset.n_obs
    ledger: _Ledger = [("with expression", n_expression, ""), ("with receptors", n_receptors, "")]
    n_both = 0 if receptors is None else receptors.n_obs
    ledger.append(("with both", n_both, reason))
    if receptors is None or not n_both:
        ledger.append(("used", 0, reason or "no cell has both"))
        return {PAIRED_COUNTS: _counts(ledger)}
    state = _states(found, receptors)
    donor = owners(receptors).astype(np.int32)
    unique, row_of = unique_receptors(receptors)
    if not unique.n_obs:
        ledger += [("left out", n_both, "no junction"), ("used", 0, "no cell with both has a junction")]
        return {PAIRED_COUNTS: _counts(ledger)}
    multiverse = receptor_multiverse(unique, budget="quick")
    rule = _clonotype_rule(receptors, multiverse)
    clone = define_clonotypes(receptors.receptors, receptors.n_obs, rule, donor=donor)  # type: ignore[arg-type]
    used = _account(ledger, state, row_of, clone, rule)
    labels, why = _receptor_labels(unique, multiverse, found, engine, store)
    of_cell = np.where(row_of >= 0, labels[np.maximum(row_of, 0)], MISSING).astype(np.int32)
    clones = _paired(found, receptors, state, np.where(used, clone, UNASSIGNED), of_cell, donor)
    rng = child(int(found.spec["rng"]), "paired")
    return {PAIRED_COUNTS: _counts(ledger), **paired_tables(clones, rule=rule, clustered=why, rng=rng)}


def _counts(ledger: _Ledger) -> pd.DataFrame:
    return pd.DataFrame(ledger, columns=["step", "n_cells", "reason"])


def _states(found: Audit, receptors: Dataset) -> np.ndarray:
    place = pd.Index(found.dataset.obs_names).get_indexer(pd.Index(receptors.obs_names))
    return np.where(place >= 0, found.judged.codes[place], MISSING).astype(np.int32)


def _clonotype_rule(receptors: Dataset, multiverse: Multiverse) -> str:
    """Return what makes cells one clone: the rule of B cells, else the junction with V and J of the compared chain."""
    chains = receptors.receptors
    assert chains is not None  # noqa: S101 - the caller has looked
    loci = {LOCI[code] for code in np.unique(chains.locus) if code >= 0}
    if loci <= _B_LOCI and "IGH" in loci:
        return "bcr"
    arm = "alpha" if multiverse.default["chain"] == "vj" else "beta"
    slot = "vj" if arm == "alpha" else "vdj"
    items = receptor_items(chains, receptors.n_obs)[slot]
    known = (items["aa"] != b"").sum()
    sequence = "nt" if 2 * (items["nt"] != b"").sum() > known else "aa"
    return f"{sequence}+V+J, {arm}"


def _account(ledger: _Ledger, state: np.ndarray, row_of: np.ndarray, clone: np.ndarray, rule: str) -> np.ndarray:
    """Write why cells are left out, each for the first reason that holds; return the cells that are used."""
    left = np.ones(state.size, dtype=bool)
    for lost, reason in (
        (row_of < 0, "no junction"),
        (state < 0, "in no expression cluster"),
        (clone < 0, f"no clonotype ({rule}): a chain or a call is missing"),
    ):
        now = left & lost
        left &= ~lost
        if now.any():
            ledger.append(("left out", int(now.sum()), reason))
    ledger.append(("used", int(left.sum()), ""))
    return left


def _receptor_labels(
    unique: Dataset, multiverse: Multiverse, found: Audit, engine: Engine | None, store: Store | None
) -> tuple[np.ndarray, str]:
    """Return the clusters of unique receptors by the default pipeline, and why there are none."""
    given = {name: value for name, value in {"engine": engine, "store": store}.items() if value is not None}
    executor = Executor(slots_of(unique), int(found.spec["rng"]), **given)  # type: ignore[arg-type]
    unit = label_unit(multiverse.default, multiverse, facts=FULL_DATA)
    (record,) = executor.run([unit], task="receptors")
    labels = np.full(unique.n_obs, MISSING, dtype=np.int32)
    if record.status == "failed":
        return labels, f"the receptors were not clustered: {record.reason}"
    labels[record.slots["rows"]] = record.slots["labels"]
    return labels, ""


def _paired(
    found: Audit, receptors: Dataset, state: np.ndarray, clone: np.ndarray, of_cell: np.ndarray, donor: np.ndarray
) -> Paired:
    present = np.unique(clone[clone >= 0])
    clone = np.where(clone >= 0, np.searchsorted(present, clone), UNASSIGNED).astype(np.int32)
    n = present.size
    states = clone_states(state, clone, n_states=len(found.judged.categories), n_clones=n)
    first = np.unique(clone[clone >= 0], return_index=True)[1]
    cells = np.flatnonzero(clone >= 0)[first]
    return Paired(
        state=state,
        clone=clone,
        donor=donor,
        receptor_cluster=of_cell,
        cluster_of_clone=_cluster_of_clone(of_cell, clone, n),
        states=states,
        names=found.judged.categories,
        cells=receptors.obs_names,
        junction=_junctions(receptors, cells),
        donor_of_clone=donor[cells],
        donor_names=_donor_names(receptors, cells),
        donor_role=_donor_role(receptors),
    )


def _cluster_of_clone(of_cell: np.ndarray, clone: np.ndarray, n: int) -> np.ndarray:
    """Return the cluster most receptors of each clone are in; a cluster of one clone is none, -2 was not compared."""
    found: States = clone_states(of_cell, clone, n_states=int(of_cell.max(initial=-1)) + 1, n_clones=n)
    compared = np.zeros(n, dtype=bool)
    compared[clone[(clone >= 0) & (of_cell > MISSING)]] = True
    main = found.main.copy()
    size = np.bincount(main[main >= 0], minlength=1)
    main[(main >= 0) & (size[np.maximum(main, 0)] < 2)] = UNASSIGNED
    large = np.unique(main[main >= 0])
    codes = np.where(main >= 0, np.searchsorted(large, main), UNASSIGNED)
    return np.where(compared, codes, MISSING).astype(np.int32)


def _junctions(receptors: Dataset, cells: np.ndarray) -> np.ndarray:
    """Return V gene and junction of each of `cells`, of the chain with D where there is one."""
    chains = receptors.receptors
    assert chains is not None  # noqa: S101 - the caller has looked
    items = receptor_items(chains, receptors.n_obs)[cells]
    said = []
    for item in items:
        slot = item["vdj"] if item["vdj"]["aa"] else item["vj"]
        gene = chains.v.names[slot["v"]].partition(",")[0].partition("*")[0] if slot["v"] >= 0 else ""
        said.append(f"{gene} {slot['aa'].decode()}".strip())
    return np.array(said, dtype=object)


def _donor_role(receptors: Dataset) -> str:
    role = _owner(receptors)
    return "" if role is None else role.name


def _donor_names(receptors: Dataset, cells: np.ndarray) -> np.ndarray:
    role = _owner(receptors)
    if role is None:
        return np.full(cells.size, "", dtype=object)
    return np.array([role.categories[code] if code >= 0 else "" for code in role.codes[cells]], dtype=object)


def _owner(receptors: Dataset) -> Truth | None:
    """Return the role that says whose a cell is, as `owners` takes it."""
    return receptors.roles.donor or receptors.roles.sample or receptors.roles.batch
