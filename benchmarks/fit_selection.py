"""Fit the selection that the package ships, from the unselected blood among its fixtures.

Kept so that anyone can see how it was made, and make it again.

Usage: python benchmarks/fit_selection.py [TARGET]
TARGET is src/rashomon/sim/selection/tables where nobody says otherwise. The README.md there says what to know.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from rashomon.sim.selection import Selection, fit_selection, selection_text
from rashomon.sim.vdj import recombination_model

BLOOD = Path(__file__).parent.parent / "data" / "fixtures" / "blood_trb.tsv.gz"
TARGET = Path("src/rashomon/sim/selection/tables")

SAME = {"TRBV12-4": "TRBV12-3,TRBV12-4", "TRBV6-3": "TRBV6-2,TRBV6-3"}
"""Calls that stand for two genes: the other one of each pair is never called, though it is as frequent in generation.
The germlines of TRBV6-2 and TRBV6-3 are identical, those of TRBV12-3 and TRBV12-4 as good as so where reads end."""

SEED, N_GENERATED = 20261122, 400_000


def blood() -> pd.DataFrame:
    """Return the receptors of the controls: donor, junction_aa (bytes), v (sets of genes) and j."""
    table = pd.read_csv(BLOOD, sep="\t", dtype=str, keep_default_na=False)
    columns = {"donor": table["donor"], "v": table["v_call"].replace(SAME), "j": table["j_call"]}
    return pd.DataFrame({**columns, "junction_aa": table["junction_aa"].to_numpy().astype(bytes)})


def fit(table: pd.DataFrame, *, n_generated: int = N_GENERATED, seed: int = SEED) -> Selection:
    """Return the selection that turns generated human TRB into the receptors of a table like that of `blood`."""
    return fit_selection(
        table["junction_aa"].to_numpy().astype(bytes),
        table["v"].to_numpy(),
        table["j"].to_numpy(),
        model=recombination_model("human", "TRB"),
        n_generated=n_generated,
        rng=np.random.default_rng(seed),
    )


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", nargs="?", type=Path, default=TARGET)
    target = parser.parse_args().target
    table = blood()
    source = (
        f"{table['donor'].nunique()} controls of immdata (immunarch, Nazarov et al., Apache License 2.0), unique V, J "
        f"and junction_aa per donor; relative to the model human_T_beta of olga {version('olga')}"
    )
    selection = replace(fit(table), source=source)
    (target / "human_TRB.tsv").write_text(selection_text(selection), encoding="utf-8")
    print(selection.n_real, *selection.notes, f"bound {np.exp(selection.bound):.1f}, cut {selection.cut:.4f}", sep="\n")


if __name__ == "__main__":
    main()
