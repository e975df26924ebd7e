"""Guarantees on the page."""

from dataclasses import replace

import pandas as pd

from rashomon.report.guarantee import guarantee_grid
from tests import example_audit

ROW = {
    "guarantee": "g",
    "question": "structure",
    "statement": "one population is not called groups",
    "rate_of": "called groups",
    "side": "at most",
    "bound": 0.07,
    "rate": 0.04,
    "low": 0.03,
    "high": 0.05,
    "n": 2000,
    "kept": True,
    "assumptions": "counts",
    "status": "untested",
    "evidence": "raw counts",
    "measured": "2026-11-22",
}


def test_each_statement_is_shown_with_its_rate():
    """The rate has its interval and its number of data sets; whether the bound was kept is said."""
    found = example_audit.audit()
    shown = guarantee_grid(replace(found, tables={**found.tables, "guarantees": pd.DataFrame([ROW])}))
    text = " ".join(map(str, shown.rows[0]))
    assert "4.0% (3.0% to 5.0%) of 2,000 data sets: called groups" in text
    assert "at most 7%" in text
    assert "untested: raw counts" in text


def test_no_guarantees_no_table():
    """An audit that has none shows none."""
    assert guarantee_grid(example_audit.audit()) is None
