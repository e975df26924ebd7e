"""Guarantees with the rates at which they failed when they were measured, as a table for the page."""

from __future__ import annotations

import pandas as pd

from rashomon.report.table import ShownTable, show_table
from rashomon.study import Audit

__all__ = ["guarantee_grid"]


def guarantee_grid(audit: Audit) -> ShownTable | None:
    """Return one row per guarantee in words; None where there are none."""
    table = audit.tables.get("guarantees", pd.DataFrame())
    if not len(table):
        return None
    shown = pd.DataFrame(
        {
            "question": table["question"],
            "statement": table["statement"],
            "measured": [
                f"{row['rate']:.1%} ({row['low']:.1%} to {row['high']:.1%}) of {row['n']:,} data sets: {row['rate_of']}"
                for _, row in table.iterrows()
            ],
            "meant to be": [f"{row['side']} {row['bound']:.0%}" for _, row in table.iterrows()],
            "kept": ["yes" if kept else "no" for kept in table["kept"]],
            "assumes": table["assumptions"],
            "in these data": [f"{row['status']}: {row['evidence']}" for _, row in table.iterrows()],
            "measured on": table["measured"],
        }
    )
    return show_table(shown, name="guarantees", caption="One row per statement")
