"""Make the tables of the largest dip that the package ships.

Kept so that anyone can see how they were made, and make them again. Draws come in blocks of 1,000 with random streams
of their own; blocks that exist already are not drawn again, so a run that was stopped goes on where it was.

Usage: python benchmarks/make_dip_reference.py [--blocks 20] [--k 6 4 8 10] [--n 50 ...] [--parts FOLDER] [TARGET]
TARGET is src/rashomon/structure/reference.npz where nobody says otherwise. `--blocks 0` only writes the table anew,
from the blocks that exist.
"""

from __future__ import annotations

import argparse
import json
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from rashomon.core import child, publish
from rashomon.structure.component_ica import N_ROUNDS
from rashomon.structure.reference import REFERENCES, reference_draw

TARGET = Path("src/rashomon/structure/reference.npz")
PARTS = Path("build/dip_reference")
SEED, BLOCK = 20261122, 1000

SIZES = (50, 100, 200, 400, 1000, 2500, 5000)
FEW = (10, 20, 30)
"""Sizes for one column only: a direction chosen elsewhere needs fewer cells than a search."""

LEVELS = 160
"""Quantiles kept per cell, the 20 largest draws among them."""


def draw_block(n: int, k: int, *, reference: str, block: int, folder: Path) -> None:
    """Write the draws of one block, unless they are there."""
    file = folder / f"{reference}_{k}_{n}_{block}.npy"
    if file.exists():
        return
    rng = child(SEED, "dip reference", reference, k, n, block)
    draws = np.array([reference_draw(n, k, reference=reference, rng=rng) for _ in range(BLOCK)])
    np.save(file, draws)


def quantiles(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return quantiles, largest first, and the p-value of each; ranks are dense in the upper tail."""
    ranks = np.geomspace(1, draws.size, 4 * LEVELS).round().astype(int)
    ranks = np.unique(np.concatenate([np.arange(1, 21), ranks]))
    ranks = ranks[np.linspace(19, ranks.size - 1, LEVELS - 20).round().astype(int)]
    ranks = np.concatenate([np.arange(1, 21), ranks[ranks > 20]])
    ranks = np.concatenate([ranks, np.full(LEVELS - ranks.size, draws.size)])
    return np.sort(draws)[::-1][ranks - 1], (1 + ranks) / (draws.size + 1)


def table(folder: Path) -> dict[str, np.ndarray]:
    """Return the arrays of the table: what all blocks in a folder say."""
    cells: dict[tuple[str, int, int], list[np.ndarray]] = {}
    for file in sorted(folder.glob("*.npy")):
        reference, k, n, _ = file.stem.split("_")
        cells.setdefault((reference, int(k), int(n)), []).append(np.load(file))
    keys = sorted(cells)
    rows = [quantiles(np.concatenate(cells[key])) for key in keys]
    about = {
        "made by": "benchmarks/make_dip_reference.py",
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": SEED,
        "draws per block": BLOCK,
        "rounds of FastICA": N_ROUNDS,
        "versions": {"python": platform.python_version()} | {name: version(name) for name in ("numba", "numpy")},
    }
    return {
        "reference": np.array([key[0] for key in keys]),
        "k": np.array([key[1] for key in keys]),
        "n": np.array([key[2] for key in keys]),
        "draws": np.array([sum(map(len, cells[key])) for key in keys]),
        "quantiles": np.array([row[0] for row in rows], dtype=np.float32),
        "p": np.array([row[1] for row in rows], dtype=np.float32),
        "about": np.array(json.dumps(about)),
    }


def main() -> None:
    """Draw the blocks that are missing and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", nargs="?", type=Path, default=TARGET)
    parser.add_argument("--blocks", type=int, default=20, help="of 1,000 draws each, per cell of the table")
    parser.add_argument("--k", type=int, nargs="+", default=[6, 1, 4, 8, 10], help="numbers of columns")
    parser.add_argument("--n", type=int, nargs="+", default=None, help="numbers of cells")
    parser.add_argument("--parts", type=Path, default=PARTS, help="folder of the blocks")
    asked = parser.parse_args()
    asked.parts.mkdir(parents=True, exist_ok=True)
    for k in asked.k:
        for block in range(asked.blocks):
            for n in asked.n or (FEW + SIZES if k == 1 else SIZES):
                for reference in REFERENCES:
                    draw_block(n, k, reference=reference, block=block, folder=asked.parts)
        with publish(asked.target) as scratch, scratch.open("wb") as file:
            np.savez_compressed(file, **table(asked.parts))
        print(f"{k} columns: done", flush=True)


if __name__ == "__main__":
    main()
