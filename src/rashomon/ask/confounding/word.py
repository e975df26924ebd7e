"""What is said about question 5: what explains the clusters, what cannot be told, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from rashomon.ask.alias import correction
from rashomon.ask.answer import Answer, Assumption, Interval, Status
from rashomon.ask.confounding.dag import Dag
from rashomon.ask.confounding.donor_entropy import lone_clusters, relabelings
from rashomon.ask.request import Request
from rashomon.core import first_few
from rashomon.dataset import Dataset

__all__ = ["Found", "said"]

_FOLLOWED = 0.1
"""Agreement within other columns from which the clusters are said to follow a technical one (a convention)."""

_PROCESSED = 0.05
"""Agreement from which it matters that a column cannot be told from a technical one (a convention)."""


@dataclass(frozen=True, eq=False)
class Found:
    """The tables behind the answer.

    Parameters
    ----------
    clusters
        What technical each cluster follows.
    conditional
        Agreement with columns beyond others.
    nuisances, controls, effects, donors
        Clusters by nuisance, negative controls, twins without a nuisance, donors of each cluster.
    fired
        Trip-wires that fired.
    dag
        The causal diagram.
    looked_at
        Names of the nuisances.
    why_no_twins
        Why the size of nuisances was not measured; empty where it was.
    """

    clusters: pd.DataFrame
    conditional: pd.DataFrame
    nuisances: pd.DataFrame
    controls: pd.DataFrame
    effects: pd.DataFrame
    donors: pd.DataFrame
    fired: tuple[str, ...]
    dag: Dag
    looked_at: tuple[str, ...]
    why_no_twins: str


def said(request: Request, found: Found) -> Answer:
    """Return the answer to question 5.

    Parameters
    ----------
    request
        What was asked about.
    found
        Its tables.
    """
    explained = found.clusters[found.clusters["cause"] != ""]
    hidden, shifted = _hidden(request, found.conditional), _shifted(found.conditional, found.looked_at)
    status, verdict, step = _verdict(request, found, explained, hidden, shifted)
    estimate = _estimate(found.conditional)
    return Answer(
        "confounding",
        status,
        verdict,
        f"{_first(request, found, explained)} {_second(found)}",
        evidence=_evidence(found, explained, hidden),
        next_step=step,
        estimate=None if estimate is None else float(estimate["value"]),
        estimate_of="" if estimate is None else f"agreement with {estimate['follows']}{_beyond(estimate)}",
        interval=_interval(estimate),
        table=found.clusters,
        assumptions=_assumptions(request, found),
    )


def _hidden(request: Request, table: pd.DataFrame) -> list[tuple[str, str]]:
    """Return label columns that the clusters may follow and that the design cannot tell from a technical one."""
    donor = request.dataset.roles.donor
    technical = {column.name for role, column in request.dataset.roles if role != "condition"}
    technical |= {name for name, truth in request.dataset.truths.items() if truth.kind == "technical"}
    rows = table[(table["status"] == "not identifiable") & table["beyond"].isin(technical)]
    rows = rows[~rows["follows"].isin(technical)]
    if donor is not None:
        # that each donor has one condition is the plan of many studies; one donor each is not
        rows = rows[(rows["beyond"] != donor.name) | (rows["design"] == "aliased")]
    matters = rows["bound_high"].isna() | (rows["bound_high"] >= _PROCESSED)
    return list(zip(rows.loc[matters, "follows"], rows.loc[matters, "beyond"], strict=True))


def _shifted(table: pd.DataFrame, technical: tuple[str, ...]) -> list[str]:
    """Return technical columns that the clusters follow within each label column, or at all where there is none."""
    rows = table[table["follows"].isin(technical)]
    within = rows[rows["beyond"] != ""]
    rows = rows if within.empty else within
    clear = (rows["value"] >= _FOLLOWED) & (rows["p"] <= 0.05) & ~(rows["low"] <= 0)
    return [str(name) for name, every in clear.groupby(rows["follows"], sort=False).all().items() if every]


def _verdict(
    request: Request, found: Found, explained: pd.DataFrame, hidden: list[tuple[str, str]], shifted: list[str]
) -> tuple[Status, str, str]:
    pairs = first_few((f"{a} and {b}" for a, b in dict.fromkeys(hidden)), n=3)
    cannot = f"{pairs} are aliased"
    crossed = (
        f"Add data in which {hidden[0][0]} varies within {hidden[0][1]}; name neither as the cause." if hidden else ""
    )
    told = ~explained["cause"].str.contains("(not told from", regex=False)
    if hidden and not told.any():
        return "cannot tell", f"cannot be told: {cannot}", crossed
    if len(explained):
        causes = explained.assign(cause=explained["cause"].str.removeprefix("follows ")).groupby("cause", sort=False)
        what = first_few((f"{cause} explains {_names(group['cluster'])}" for cause, group in causes), n=4)
        step = _advice([str(cause) for cause in causes.groups], request.dataset)
        return (
            ("mixed", f"{what}; beyond that it cannot be told: {cannot}", f"{step} {crossed}")
            if hidden
            else ("answered", what, step)
        )
    alone = lone_clusters(found.donors)
    if alone:
        verdict = f"nothing technical explains the clusters, but too few donors have {alone}"
        return "mixed", verdict, "Say in which donors they were seen, and nothing about other people."
    if shifted:
        does = "shifts" if len(shifted) == 1 else "shift"
        verdict = f"{' and '.join(shifted)} {does} the clusters, though none of them is explained by it alone"
        return "mixed", verdict, correction(request.dataset, shifted[0], purpose="and compare")
    if not found.looked_at:
        step = "Declare donor, batch and sample columns, or give raw counts."
        return "cannot tell", "cannot be told: nothing technical was declared or could be measured", step
    return "answered", "nothing technical explains the clusters", "Go on to name them."


def _names(clusters: pd.Series) -> str:
    few = first_few(clusters, n=4)
    return f"cluster {few}" if len(clusters) == 1 else f"clusters {few}"


_ADVICE = {
    "doublets": "Run a doublet caller per sample and remove what it calls.",
    "doublet score": "Remove the cells that the doublet caller calls, and cluster again.",
    "depth": "Look whether these cells are damaged or empty droplets before naming them.",
    "genes detected": "Look whether these cells are damaged or empty droplets before naming them.",
    "mitochondrial share": "Look whether these cells are dying before naming them.",
    "cell cycle": "Name these cells as dividing cells of another cluster, or leave the cycle genes out.",
    "stress": "Look whether handling switched these genes on before naming the cells.",
    "ribosomal share": "Look whether these cells differ in anything but ribosomal genes before naming them.",
}


def _advice(causes: list[str], dataset: Dataset) -> str:
    first = causes[0].split(" (not told")[0]
    return _ADVICE.get(first) or correction(dataset, first, purpose="before naming these clusters")


def _first(request: Request, found: Found, explained: pd.DataFrame) -> str:
    n, names = len(found.clusters), first_few(found.looked_at, n=6)
    if not found.looked_at:
        return f"None of {n} clusters could be compared with anything technical."
    said_of = f"{len(explained)} of {n} clusters can be told from the others by something technical alone"
    alone = lone_clusters(found.donors)
    donors = f"; too few donors have {alone}" if alone else ""
    item = "" if request.dataset.item == "cell" else f" ({request.dataset.item}s have no depth or damage of their own)"
    return f"{said_of} (looked at: {names}){item}{donors}."


def _second(found: Found) -> str:
    rows = found.conditional[found.conditional["beyond"] != ""]
    told = rows[rows["status"] == "estimated"]
    parts = [
        f"{row['value']:.2f} with {row['follows']} within {row['beyond']}"
        for _, row in told.sort_values("back_door", ascending=False, kind="stable").head(2).iterrows()
    ]
    bounded = rows[rows["status"] == "not identifiable"]
    parts += [
        f"between {row['bound_low']:.2f} and {row['bound_high']:.2f} with {row['follows']} within "
        f"{row['beyond']}, which no analysis can narrow"
        for _, row in bounded[bounded["bound_high"].notna()].head(1).iterrows()
    ]
    failed = found.controls[found.controls["result"] == "fails"]
    controls = first_few((f"{row['control']} {row['ami']:.2f}" for _, row in failed.iterrows()), n=3)
    agreement = f"The clusters agree {'; '.join(parts)}" if parts else "No agreement within other columns could be told"
    return f"{agreement}{f'; negative controls that share information with them: {controls}' if controls else ''}."


def _evidence(found: Found, explained: pd.DataFrame, hidden: list[tuple[str, str]]) -> str:
    parts = []
    if len(explained):
        rows = found.nuisances[found.nuisances["cluster"].isin(explained["cluster"])]
        for name, cause in explained[["cluster", "cause"]].head(3).to_numpy().tolist():
            what = cause.removeprefix("follows ").split(" (not told")[0]
            mine = rows[(rows["cluster"] == name) & (rows["nuisance"] == what)]
            parts += [f"{name}: {_number(row)}" for _, row in mine.iterrows()]
    parts += [f"{a} does not vary within {b}" for a, b in hidden[:2]]
    effects = found.effects[found.effects["effect"].notna()] if len(found.effects) else found.effects
    parts += [
        f"without {row['nuisance']} a twin's clusters agree {-row['effect']:+.2f} with {row['types']}"
        for _, row in effects.iterrows()
    ]
    if found.fired:
        parts.append(f"trip-wires that fired: {first_few(found.fired, n=4)}")
    return "; ".join(parts)


def _number(row: pd.Series) -> str:
    if row["class"]:
        return f"{100 * row['class_share']:.0f} % in {row['class']}"
    return f"{row['nuisance']} ranks its cells above others with {row['cv_auc']:.2f}"


def _estimate(table: pd.DataFrame) -> pd.Series | None:
    """Return the agreement whose back doors are closed; else None."""
    rows = table[table["back_door"].astype(bool) & (table["status"] == "estimated")]
    return None if rows.empty else rows.iloc[0]


def _beyond(row: pd.Series) -> str:
    return f" within classes of {row['beyond']} (conditional agreement)"


def _interval(row: pd.Series | None) -> Interval | None:
    if row is None or not np.isfinite(row["low"]):
        return None
    return Interval(float(row["low"]), float(row["high"]), str(row["over"]))


def _assumptions(request: Request, found: Found) -> tuple[Assumption, ...]:
    lines = "; ".join(found.dag.lines())
    origin = "as declared" if found.dag.declared else "the one offered by default"
    made = [Assumption("the causal diagram is right", "untested", f"{origin}: {lines}")]
    hidden = found.conditional[found.conditional["status"] == "not identifiable"]
    made += [
        Assumption(f"{row['follows']} varies within {row['beyond']}", "violated", str(row["reason"]))
        for _, row in hidden.iterrows()
    ]
    donor, condition = request.dataset.roles.donor, request.dataset.roles.condition
    if donor is not None and condition is not None:
        ways, p = relabelings(donor, condition)
        evidence = f"{ways} ways to give donors their {condition.name}: no one-sided p is below {p:.2g}"
        enough: Literal["holds", "violated"] = "holds" if p <= 0.01 else "violated"
        made.append(Assumption(f"there are enough donors to compare {condition.name}", enough, evidence))
    if found.why_no_twins:
        made.append(Assumption("the size of nuisances was measured on twins", "untested", found.why_no_twins))
    return tuple(made)
