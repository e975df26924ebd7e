"""A card per cluster: the word that all questions together give it, what that rests on, and one thing to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from rashomon.ask.card.cell_word import CellFacts, Separation, judge_cells
from rashomon.ask.request import Request
from rashomon.ask.tripwire.cluster import doublet_mixes
from rashomon.ask.tripwire.record import TRIPWIRES

__all__ = ["CARD_COLUMNS", "card_words", "cards"]

CARD_COLUMNS = {
    "cluster": "name of the cluster",
    "n": "its cells",
    "word": "a key of `rashomon.ask.card.cell_word.CELL_WORDS`",
    "detail": "the rest of the sentence",
    "action": "what to do next",
    "donors": "in how many donors it is, of those with enough cells; empty where none is declared",
    "markers": "up to five genes that mark it in counts the labels have not seen",
    "nearest": "the cluster next to it",
    "dissolves_at": "the first thing that was varied and lost it",
    "exists_at": "resolutions at which it exists",
    "worst_setting": "the setting under which it is found least",
    "quality": "quantities in which it differs most from the others: depth, mitochondrial share, cycle, ...",
}
"""Columns of the table of cards and what they mean."""

_HALVES = "halves"
_N_MARKERS = 5
_APART = 0.75
"""Area under the curve from which on a quantity is shown on a card (a convention)."""

_ENOUGH_DRAWS = 19
"""Draws of one population from which on a cluster is said to be no more than chance."""

_MERGING: Mapping[str, Separation] = {
    "not separated": "one population",
    "closed gradient": "gradient",
    "gap elsewhere": "cannot tell",
    "cannot tell": "cannot tell",
}


def cards(request: Request, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one card per judged cluster of cells.

    Parameters
    ----------
    request
        The data and the labels.
    tables
        Of all questions, by name; what a question did not say is missing from the card, and from the word.

    Returns
    -------
    One row per cluster with the columns of `CARD_COLUMNS`; none for receptors, and where nothing could be re-run.
    """
    clusters = tables.get("clusters", pd.DataFrame())
    if request.dataset.item != "cell" or not len(clusters):
        return pd.DataFrame(columns=list(CARD_COLUMNS))
    parents, near = _doublets(request), _separations(tables)
    technical = _indexed(tables, "technical")
    donors = _indexed(tables, "donor_entropy")
    bounds = _bounds(tables, n_draws=request.population.n_draws if request.population is not None else 0)
    rows = []
    for code, (_, row) in enumerate(clusters.iterrows()):
        name = str(row["cluster"])
        detail = str(row["verdict"]).removeprefix(str(row["class"])).strip()
        facts = CellFacts(int(row["size"]), str(row["class"]), detail, str(row["action"]))
        facts = replace(facts, **bounds.get(code, {}), **near.get(name, {}), **_of_donors(donors, name))
        facts = replace(facts, **_cause(technical, name, parents))
        said = judge_cells(facts)
        rows.append(
            {
                "cluster": name,
                "n": facts.n,
                "word": said.verdict,
                "detail": said.detail,
                "action": said.action,
                "donors": facts.donors_said,
                "markers": _markers(tables, code),
                "nearest": facts.nearest,
                "dissolves_at": str(row.get("dissolves_at", "") or ""),
                "exists_at": str(row.get("exists_at", "") or ""),
                "worst_setting": str(row["worst_setting"]),
                "quality": _quality(tables, name),
            }
        )
    return pd.DataFrame(rows, columns=list(CARD_COLUMNS))


def card_words(request: Request, table: pd.DataFrame) -> np.ndarray:
    """Return the word and detail of its cluster for each cell, shape ``(n_obs,)``; empty where it has no cluster.

    Parameters
    ----------
    request
        The judged labels.
    table
        From `cards`.
    """
    said = (table["word"] + " " + table["detail"]).str.strip().to_numpy(dtype=object)
    return np.array(["" if code < 0 else said[code] for code in request.judged.codes], dtype=object)


def _indexed(tables: Mapping[str, pd.DataFrame], name: str) -> dict[str, pd.Series[Any]]:
    table = tables.get(name, pd.DataFrame())
    return {str(row["cluster"]): row for _, row in table.iterrows()}


def _doublets(request: Request) -> dict[str, tuple[str, ...]]:
    wire = TRIPWIRES["doublet_mix"]
    if request.why_no_counts:
        return {}
    names = request.judged.categories
    found = doublet_mixes(request.dataset, request.judged, **wire.thresholds) or {}
    return {names[code]: (names[mix.a], names[mix.b]) for code, mix in found.items()}


def _cause(
    technical: Mapping[str, pd.Series[Any]], name: str, parents: Mapping[str, tuple[str, ...]]
) -> dict[str, Any]:
    cause = str(technical[name]["cause"]) if name in technical else ""
    if name in parents:
        return {"doublet_of": parents[name], "technical": "" if "doublets" in cause else cause}
    return {"technical": cause}


def _of_donors(donors: Mapping[str, pd.Series[Any]], name: str) -> dict[str, Any]:
    if name not in donors:
        return {}
    row = donors[name]
    return {
        "n_donors": float(row["n_donors"]),
        "n_able": float(row["n_able"]),
        "top_donor": str(row["top_donor"]),
    }


def _bounds(tables: Mapping[str, pd.DataFrame], *, n_draws: int) -> dict[int, dict[str, Any]]:
    """Return, by code, whether half-samples find the cluster again better than clusters of one population.

    A few draws can show that a cluster is above them; that one is not needs more.
    """
    rungs = tables.get("rungs", pd.DataFrame())
    if "above_null" not in rungs:
        return {}
    found = {}
    for _, row in rungs[rungs["rung"] == _HALVES].iterrows():
        above = None if pd.isna(row["above_null"]) else bool(row["above_null"])
        known = np.isfinite(row["jaccard_null_95"])
        said = f"(Jaccard {row['jaccard']:.2f} in half-samples; {row['jaccard_null_95']:.2f} in one population)"
        if above is False and n_draws < _ENOUGH_DRAWS:
            above, said = None, f"{said[:-1]}, {n_draws} draws)"
        found[int(row["cluster"])] = {"above_null": above, "null_said": said if known else ""}
    return found


def _separations(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, Any]]:
    """Return, by name, what question 1 says of a cluster and its neighbours: the word follows the labellings."""
    labellings, pairs = (tables.get(name, pd.DataFrame()) for name in ("labellings", "pairs"))
    if not len(labellings):
        return {}
    found = {}
    for _, row in labellings.iterrows():
        name = str(row["cluster"])
        mine = pairs[(pairs["left"] == name) | (pairs["right"] == name)] if len(pairs) else pairs
        verdicts = {str(pair["verdict"]): _other(pair, name) for _, pair in mine.iterrows()}
        nearest = _other(mine.iloc[0], name) if len(mine) else ""
        if row["recommended"] != name:
            found[name] = {"separation": "one population", "nearest": verdicts.get("not separated", nearest)}
        elif row["conservative"] == name:
            found[name] = {"separation": "separate", "nearest": nearest}
        else:
            open_ = next((word for word in _MERGING if word in verdicts), "cannot tell")
            word = "cannot tell" if open_ == "not separated" else _MERGING[open_]
            found[name] = {"separation": word, "nearest": verdicts.get(open_, nearest)}
    return found


def _other(pair: pd.Series[Any], name: str) -> str:
    return str(pair["right"] if str(pair["left"]) == name else pair["left"])


def _markers(tables: Mapping[str, pd.DataFrame], code: int) -> str:
    table = tables.get("markers", pd.DataFrame())
    if not len(table):
        return ""
    mine = table[table["cluster"] == code]
    return ", ".join(map(str, mine["gene"].head(_N_MARKERS)))


def _quality(tables: Mapping[str, pd.DataFrame], name: str) -> str:
    table = tables.get("nuisances", pd.DataFrame())
    if not len(table):
        return ""
    mine = table[(table["cluster"] == name) & np.isfinite(table["median"]) & (table["cv_auc"] >= _APART)]
    said = [
        f"{row['nuisance']} {row['median']:.3g} ({row['median_others']:.3g} in the others)"
        for _, row in mine.sort_values("cv_auc", ascending=False).head(3).iterrows()
    ]
    return "; ".join(said)
