"""Whether a file holds simulated data, and whether these are still the data that its mark speaks of."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from rashomon import io
from rashomon.core import InputError
from rashomon.core.slots import AIRR, EXPRESSION
from rashomon.dataset import WorldFacts
from rashomon.io.world import MARK, marked_table
from rashomon.sim.world import World
from rashomon.study.seal.redraw import Redrawn, redraw, world_of
from rashomon.study.seal.redraw_chain import FIELDS, redraw_chains

__all__ = ["MarkFinding", "verify_file"]

_TABLES = re.compile(r"\.(csv|tsv|txt)(\.gz)?$")
_READ = {MARK, *FIELDS}

Fits = Literal["yes", "no", "not known"]


@dataclass(frozen=True)
class MarkFinding:
    """What a file says of itself, and whether it is so.

    Parameters
    ----------
    name
        Of the file.
    facts
        The world in its mark; None where there is no mark.
    fits
        Whether the data are those that this world draws: compared value by value where the mark says enough.
    said
        Why, in a sentence.
    n_rows, n_marked
        Rows of a table, and those that carry the mark; 0 for other formats.
    """

    name: str
    facts: WorldFacts | None
    fits: Fits = "not known"
    said: str = ""
    n_rows: int = 0
    n_marked: int = 0

    @property
    def simulated(self) -> bool:
        """Whether the file, or a row of it, carries the mark of simulated data."""
        return self.facts is not None

    @property
    def exit_code(self) -> int:
        """0, or that of a damaged store where the mark and the data do not fit."""
        return 5 if self.fits == "no" else 0

    def lines(self) -> list[str]:
        """Return what was found as lines to print."""
        if self.facts is None:
            return [f"{self.name}: no mark of simulated data", "that says nothing of data from other tools"]
        found = [f"{self.name}: {self.facts.sentence}"]
        if self.n_rows:
            found.append(f"the mark is in {self.n_marked:,} of {self.n_rows:,} rows")
        return [
            *found,
            {"yes": "the mark fits the data: ", "no": "the mark does not fit: "}.get(self.fits, "") + self.said,
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return everything in JSON types."""
        world = None if self.facts is None else {**self.facts.stamp, "seed": self.facts.seed}
        rows = {"n_rows": self.n_rows, "n_marked": self.n_marked}
        return {
            "file": self.name,
            "simulated": self.simulated,
            "world": world,
            "fits": self.fits,
            "said": self.said,
            **rows,
        }


def verify_file(path: Path | str, *, world: World | None = None) -> MarkFinding:
    """Tell whether a file holds simulated data, and draw them again to see whether they were changed since.

    Parameters
    ----------
    path
        ``.h5ad``, ``.h5mu``, ``.zarr``; a table (AIRR or other, ``.tsv``, ``.csv``, also ``.gz``) or ``.parquet``.
    world
        The world that the file is said to be of; by default it is made again from what the mark says, which works where
        it was not fitted to data and the format holds all of it.

    Raises
    ------
    InputError
        When the file cannot be read.
    """
    file = Path(path)
    if file.suffix.lower() == ".parquet":
        return _of_table(file, *_read_parquet(file), world)
    if _TABLES.search(file.name.lower()):
        return _of_table(file, _read_text(file), "", world)
    adata = _cells(file)
    facts = io.world_facts(adata.uns)
    if facts is None:
        return MarkFinding(file.name, None)
    made = world or world_of(facts)
    if made is None:
        return MarkFinding(file.name, facts, said="the mark does not say enough to draw the data again: give the world")
    if made.digest != facts.digest:
        return MarkFinding(file.name, facts, "no", f"the world has the digest {made.digest[:12]}")
    found: Redrawn = redraw(made, facts.seed, adata)
    return MarkFinding(file.name, facts, found.fits, found.said)


def _cells(file: Path) -> Any:
    try:
        return io.read_adata(file, modality=EXPRESSION)
    except InputError as error:
        if error.code != "file.modality":
            raise
        return io.read_adata(file, modality=AIRR)


def _of_table(file: Path, rows: pd.DataFrame, metadata: str, world: World | None) -> MarkFinding:
    """Return what the marks in the rows of a table say, and in the metadata of one that has them there."""
    marks = rows[MARK] if MARK in rows else pd.Series(metadata, index=rows.index, dtype=object)
    counts = marks.value_counts()
    facts = marked_table([str(text) for text in counts.index])
    n_marked = sum(int(n) for text, n in counts.items() if marked_table([str(text)]) is not None)
    found = MarkFinding(file.name, facts, n_rows=len(rows), n_marked=n_marked)
    if facts is None:
        return found
    if n_marked < len(rows):
        return replace(found, fits="no", said=f"{len(rows) - n_marked:,} rows came from elsewhere, or lost it")
    made = world or world_of(facts)
    if made is None:
        return replace(found, said="a table does not say enough to draw the data again: give the world")
    if made.digest != facts.digest:
        return replace(found, fits="no", said=f"the world has the digest {made.digest[:12]}")
    drawn = redraw_chains(made, facts.seed, rows)
    return replace(found, fits=drawn.fits, said=drawn.said)


def _is_read(name: object) -> bool:
    return name in _READ


def _read_text(file: Path) -> pd.DataFrame:
    separator = "," if ".csv" in [suffix.lower() for suffix in file.suffixes[-2:]] else "\t"
    try:
        # a CSV quotes; an AIRR table never does
        return pd.read_csv(
            file,
            sep=separator,
            quoting=csv.QUOTE_MINIMAL if separator == "," else csv.QUOTE_NONE,
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            encoding="utf-8-sig",
            usecols=_is_read,
            index_col=False,
        )
    except (OSError, EOFError, ValueError) as error:
        raise _unreadable(file, error) from error


def _read_parquet(file: Path) -> tuple[pd.DataFrame, str]:
    """Return the columns that are looked at, as text, and the mark in the metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema, n_rows = pq.read_schema(file), pq.read_metadata(file).num_rows
        wanted = [name for name in schema.names if name in _READ]
        table = pq.read_table(file, columns=wanted, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(file, error) from error
    rows = {name: ["" if each is None else str(each) for each in table[name].to_pylist()] for name in wanted}
    mark = (schema.metadata or {}).get(MARK.encode(), b"").decode("utf-8", "replace")
    return pd.DataFrame(rows, index=range(n_rows), dtype=object), mark


def _unreadable(file: Path, error: Exception) -> InputError:
    return InputError(f"{file.name} cannot be read: {error}", where=str(file), code="file.unreadable")
