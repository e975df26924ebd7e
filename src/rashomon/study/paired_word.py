"""What the paired part of an audit says, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from rashomon.core import first_few
from rashomon.study.paired_table import AGREEMENT, AMONG, COHERENCE

__all__ = ["paired_sentences"]

_ALPHA = 0.05
"""P-values and false discovery rates up to this are said to be more than chance (a convention)."""

_NOTHING = 0.05
"""Upper bound of an agreement below which it is said to be none."""


def paired_sentences(tables: Mapping[str, pd.DataFrame]) -> tuple[str, ...]:
    """Return sentences on the counts, on expanded clones, on clones and states, and on receptor clusters and states.

    Parameters
    ----------
    tables
        Tables of an audit; without those of the paired part there are no sentences.

    Examples
    --------
    >>> steps = [("with expression", 9, ""), ("with receptors", 8, ""), ("with both", 0, "no cell has both")]
    >>> counts = pd.DataFrame([*steps, ("used", 0, "no cell has both")], columns=["step", "n_cells", "reason"])
    >>> paired_sentences({"paired_counts": counts})
    ('Cells: 9 with expression, 8 with receptors, 0 with both (no cell has both). None was compared.',)
    """
    counts = tables.get("paired_counts")
    if counts is None or not len(counts):
        return ()
    said = [_counted(counts, tables.get("paired_clones"))]
    if "paired" in tables:
        rows = {str(row["quantity"]): row for _, row in tables["paired"].iterrows()}
        said += [
            *_unknown_donor(rows[AGREEMENT]),
            _expanded(tables["paired_states"]),
            _coherent(rows[COHERENCE], rows[AMONG]),
        ]
        said += [_agreeing(rows[AGREEMENT], tables["paired_clusters"])]
    return (*said, *_receptor_genes(tables.get("tripwires")))


def _counted(counts: pd.DataFrame, clones: pd.DataFrame | None) -> str:
    n = counts.groupby("step", sort=False)["n_cells"].sum()
    why = counts.loc[counts["step"] == "with both", "reason"].iloc[0]
    said = f"Cells: {n['with expression']:,} with expression, {n['with receptors']:,} with receptors, "
    said += f"{n['with both']:,} with both{f' ({why})' if why else ''}."
    if not n["used"]:
        return f"{said} None was compared."
    left = counts[counts["step"] == "left out"]
    lost = "; ".join(f"{row['n_cells']:,} left out, {row['reason']}" for _, row in left.iterrows())
    said += f" {n['used']:,} were compared{f' ({lost})' if lost else ''}"
    n_clones = 0 if clones is None else len(clones)
    return f"{said}; {n_clones:,} {'clonotype has' if n_clones == 1 else 'clonotypes have'} two of them or more."


def _unknown_donor(row: pd.Series) -> Iterator[str]:
    if not row["donors"]:
        yield "No donor is named, so what follows may be a difference between donors (name them with donor_key)."


def _clusters(names: list[str]) -> str:
    return f"{'cluster' if len(names) == 1 else 'clusters'} {_listed(names)}"


def _listed(names: list[str]) -> str:
    if len(names) > 6:
        return first_few(names, n=6)
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _expanded(table: pd.DataFrame) -> str:
    reason = str(table["reason"].iloc[0]) if len(table) else "cannot tell: no cluster"
    if reason:
        return f"Where expanded clones sit: {reason}."
    found = table[table["q"] <= _ALPHA].sort_values("p", kind="stable")
    if not len(found):
        return (
            "No cluster holds more expanded clones than clonotypes of the same donors would (at 5 % false discovery)."
        )
    names = found["expression_cluster"].astype(str).tolist()
    numbers = [f"{row['observed']:.3g} where {row['expected']:.3g} are expected" for _, row in found.iterrows()]
    return f"Expanded clones sit in {_clusters(names)} ({first_few(numbers, n=6)}, within donors)."


def _coherent(row: pd.Series, among: pd.Series) -> str:
    if not np.isfinite(row["value"]):
        return f"Whether the cells of a clone share their cluster: {row['reason']}."
    beside = f"{_percent(row['shuffled'])} if cells of the same donors were shuffled; p = {row['p']:.2g}"
    share = f"On average a clone has {_percent(row['value'])} of its cells in one cluster{_interval(row)} ({beside})"
    if row["p"] > _ALPHA:
        return f"{share}: no more alike than cells of a donor, as far as these data tell."
    alike = f"{share}: cells of a clone are more alike than cells of a donor"
    if not np.isfinite(among["p"]):
        return f"{alike}, which may be because expanded clones sit in few clusters."
    chance = f"{_percent(among['shuffled'])}; p = {among['p']:.2g}"
    if among["p"] <= _ALPHA:
        return f"{alike}, and than cells of other clones of two cells or more ({chance})."
    return f"{alike}; not than cells of other clones of two cells or more ({chance}): where those sit may explain it."


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def _interval(row: pd.Series) -> str:
    return f", {100 * row['low']:.0f} to {_percent(row['high'])}" if np.isfinite(row["low"]) else ""


def _agreeing(row: pd.Series, pairs: pd.DataFrame) -> str:
    if not np.isfinite(row["value"]):
        return f"Whether receptor clusters follow expression clusters: {row['reason']}."
    # an interval around the value may pass the largest one
    interval = f", {row['low']:.2f} to {min(1.0, row['high']):.2f}" if np.isfinite(row["low"]) else ""
    number = f"{row['value']:.2f} of 1{interval}; p = {row['p']:.2g}"
    beyond = " beyond the donor" if row["donors"] else ""
    found = pairs[pairs["q"] <= _ALPHA]
    where = _clusters(found["expression_cluster"].astype(str).unique().tolist()) if len(found) else ""
    held = f" Receptor clusters that stand out are in {where}." if where else ""
    if row["p"] <= _ALPHA:
        return f"Receptor clusters say something about the expression cluster{beyond} ({number}).{held}"
    if row["high"] < _NOTHING:
        return f"Receptor clusters say nothing about the expression cluster{beyond} ({number}).{held}"
    return f"No relation of receptor clusters and expression clusters was found{beyond} ({number}).{held}"


def _receptor_genes(wires: pd.DataFrame | None) -> Iterator[str]:
    if wires is None or not len(wires):
        return
    for _, row in wires[(wires["tripwire"] == "receptor_genes") & (wires["status"] == "fired")].iterrows():
        yield f"Receptor genes are in the expression, so its clusters may follow the receptor itself: {row['said']}."
