"""Question 5: whether donors, batches, depth, doublets or stress explain the clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rashomon.ask.answer import Answer
from rashomon.ask.confounding.conditional import conditional_table
from rashomon.ask.confounding.dag import Adjustment, Dag, declared_dag, offered_dag
from rashomon.ask.confounding.donor_entropy import donor_entropy
from rashomon.ask.confounding.negative_control import control_table, control_units
from rashomon.ask.confounding.nuisance import Score, measured, quartiles
from rashomon.ask.confounding.nuisance_effect import effect_table, effect_units, twin_slots, why_no_twins
from rashomon.ask.confounding.nuisance_table import nuisance_table, overall_table
from rashomon.ask.confounding.technical import nuisance_columns, technical_causes
from rashomon.ask.confounding.word import Found, said
from rashomon.ask.question import Answered, Finished
from rashomon.ask.receptor.composition import first_chains
from rashomon.ask.request import Request
from rashomon.ask.tripwire.record import technical_columns, trip
from rashomon.dataset import Truth
from rashomon.multiverse import Unit
from rashomon.score.receptor.permutation import combined_strata

__all__ = ["ADJUSTMENT_COLUMNS", "TECHNICAL_COLUMNS", "causal_diagram", "conclude", "plan", "slots"]

TECHNICAL_COLUMNS = {
    "cluster": "name of the cluster",
    "n": "its items",
    "cause": "what technical it follows; empty where nothing was found",
    "donors": 'donors that have it: "in 7 of 8"; empty where no donor is known',
    "widespread": "whether two donors, and half of those who could, have it; missing where no donor is known",
}
"""Columns of the table of clusters and what they mean."""

ADJUSTMENT_COLUMNS = {
    "column": "the column that may act on the clusters",
    "held_fixed": "columns that close its back doors, by the diagram; empty: none is open",
    "possible": "whether declared columns can close them",
    "reason": "why not",
}
"""Columns of the table of back-door sets and what they mean."""

_GENES = "V, J and length"


@dataclass(frozen=True, eq=False)
class _Columns:
    """What is asked about, and what may confound it."""

    labels: list[Truth]
    nuisances: list[Truth]
    scores: tuple[Score, ...]

    @classmethod
    def of(cls, request: Request) -> _Columns:
        dataset = request.dataset
        condition = dataset.roles.condition
        technical = technical_columns(dataset)
        technical.pop(request.judged.name, None)
        roles = {column.name for role, column in dataset.roles if role != "condition"}
        labels = [
            truth
            for name, truth in request.truths.items()
            if name not in roles | {request.judged.name} and (truth.kind != "technical" or truth is condition)
        ]
        nuisances = [truth for name, truth in technical.items() if name not in {label.name for label in labels}]
        genes = _receptor_genes(request)
        return cls(labels, [*nuisances, *([] if genes is None else [genes])], measured(request))

    def named(self) -> dict[str, Truth]:
        """Every column that may be held fixed; quantities by their quarters."""
        quarters = {each.name: quartiles(each) for each in self.scores}
        return {**quarters, **{truth.name: truth for truth in (*self.nuisances, *self.labels)}}


def plan(request: Request) -> list[Unit]:
    """Return the negative controls and, above the quick budget, twins with and without batches and donors."""
    return [*control_units(request), *effect_units(request)]


def slots(request: Request) -> dict[str, np.ndarray]:
    """Return the types that the twins are fitted with."""
    return twin_slots(request)


def conclude(request: Request, finished: Sequence[Finished]) -> Answered:
    """Return what technical explains the clusters, with the tables behind it.

    Parameters
    ----------
    request
        What is asked about.
    finished
        Finished units of `plan`; none where only labels are known.
    """
    if request.lone:
        return Answered(_nothing(request.lone), {})
    columns = _Columns.of(request)
    dag = causal_diagram(request)
    doors = [dag.adjustment(truth.name) for truth in columns.labels]
    named = columns.named()
    held = {door.cause: [named[name] for name in door.columns if name in named] for door in doors}
    nuisances = nuisance_table(request, columns.scores, nuisance_columns(request))
    donors = donor_entropy(request)
    causes = technical_causes(request, columns.scores, nuisances)
    found = Found(
        clusters=_clusters(request, causes, donors),
        conditional=conditional_table(request, columns.labels, columns.nuisances, adjusted=held),
        nuisances=nuisances,
        controls=control_table(request, finished),
        effects=effect_table(request, finished),
        donors=donors,
        fired=_fired(request),
        dag=dag,
        looked_at=(*(each.name for each in columns.nuisances), *(each.name for each in columns.scores)),
        why_no_twins=why_no_twins(request),
    )
    tables = {
        "technical": found.clusters,
        "conditional": found.conditional,
        "nuisances": nuisances,
        "nuisances_overall": overall_table(request, columns.scores),
        "negative_controls": found.controls,
        "donor_entropy": donors,
        "nuisance_effects": found.effects,
        "causal_diagram": pd.DataFrame(list(dag.arrows), columns=["cause", "effect"]),
        "adjustment": _adjustments(doors),
    }
    return Answered(said(request, found), tables)


def causal_diagram(request: Request) -> Dag:
    """Return the diagram that the user declared, else the one that is offered.

    Parameters
    ----------
    request
        ``dag`` and the columns of the data.

    Raises
    ------
    UsageError
        When the declared diagram names unknown columns, or is no diagram; see
        `rashomon.ask.confounding.dag.declared_dag`.
    """
    columns = _Columns.of(request)
    scores = [each.name for each in columns.scores]
    roles_by_name = {role: column.name for role, column in request.dataset.roles}
    if request.dag is not None:
        known = list(dict.fromkeys([*columns.named(), *roles_by_name.values()]))
        # a role stands for its column: "donor" for patient_id
        meant = {role: name for role, name in roles_by_name.items() if role not in known}
        return declared_dag([(meant.get(a, a), meant.get(b, b)) for a, b in request.dag], columns=known)
    others = [truth.name for truth in columns.nuisances if truth.name not in roles_by_name.values()]
    return offered_dag(
        roles=roles_by_name, truths=[truth.name for truth in columns.labels], measured=[*others, *scores]
    )


def _nothing(why: str) -> Answer:
    step = "Give clusters with at least ten items."
    return Answer("confounding", "cannot tell", "there are no clusters to explain", why, next_step=step)


def _receptor_genes(request: Request) -> Truth | None:
    """Return V gene, J gene and length of the first chain as one column; None where there are no receptors."""
    if request.dataset.item != "receptor" or request.dataset.receptors is None:
        return None
    chains = first_chains(request.dataset)
    known = ((chains["v"] != "") & (chains["j"] != "") & (chains["length"] > 0)).to_numpy()
    parts = [pd.factorize(chains[name])[0] for name in ("v", "j", "length")]
    codes = np.full(len(chains), -1, dtype=np.int32)
    if known.any():
        codes[known] = combined_strata(*(part[known] for part in parts))
    names = tuple(map(str, range(int(codes.max(initial=-1)) + 1)))
    return Truth(_GENES, "receptor", codes, names) if len(names) > 1 else None


def _clusters(request: Request, causes: pd.Series, donors: pd.DataFrame) -> pd.DataFrame:
    names = list(request.judged.categories)
    by_name = donors.set_index("cluster").reindex(names)
    table = pd.DataFrame({"cluster": names, "n": request.judged.sizes, "cause": causes.reindex(names).to_numpy()})
    known = len(donors) > 0
    table["donors"] = by_name["donors"].fillna("").to_numpy() if known else ""
    table["widespread"] = by_name["widespread"].astype("boolean").to_numpy() if known else pd.NA
    return table[list(TECHNICAL_COLUMNS)]


def _fired(request: Request) -> tuple[str, ...]:
    table = trip(request.dataset, request.judged)
    return tuple(table.loc[table["status"] == "fired", "tripwire"])


def _adjustments(doors: Sequence[Adjustment]) -> pd.DataFrame:
    rows = [(door.cause, ", ".join(door.columns), door.possible, door.reason) for door in doors]
    return pd.DataFrame(rows, columns=list(ADJUSTMENT_COLUMNS))
