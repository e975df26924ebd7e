"""The page of a comparison of label columns: sentences, an alluvial plot, the tables as files."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from rashomon import pl
from rashomon.core import publish, publish_text
from rashomon.dataset import Truth, WorldFacts
from rashomon.report.page import render
from rashomon.report.picture import Picture, picture_uri
from rashomon.report.truth import deciding_table, drawn, relation_sentence, relation_table
from rashomon.study.directory import SPEC
from rashomon.truth import RELATIONS, deciding_groups

__all__ = ["write_relations"]


def write_relations(
    truths: Mapping[str, Truth],
    relations: pd.DataFrame,
    folder: Path | str,
    *,
    source: str,
    call: Mapping[str, object],
    world: WorldFacts | None = None,
) -> Path:
    """Write how label columns relate: ``truths.html``, ``alluvial.png``, ``tables/*.csv`` and the call.

    Parameters
    ----------
    truths
        The label columns, by name.
    relations
        What `rashomon.truth.relations` says about them.
    folder
        Created where it is missing.
    source
        Name of the data.
    call
        Put on record, in JSON types.
    world
        Of simulated data: the page and the call say so.

    Returns
    -------
    The path of the page.

    Raises
    ------
    StoreError
        When the folder cannot be written to.
    """
    home = Path(folder)
    marked = {} if world is None else {"simulated": world.stamp}
    publish_text(home / SPEC, json.dumps({"source": source, **marked, **call}, indent=2, ensure_ascii=False) + "\n")
    groups = deciding_groups(truths)
    for name, table in (("relations", relations), ("deciding", groups)):
        publish_text(
            home / "tables" / f"{name}.csv",
            table.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC),
        )
    columns = drawn([*truths.values()], n=3) or drawn([*truths.values()])
    picture = _picture(truths, columns, home) if columns else None
    context = {
        "source": source,
        "truths": list(truths.values()),
        "sentences": [relation_sentence(row) for _, row in relations.iterrows()],
        "picture": picture,
        "tables": [relation_table(relations), deciding_table(groups)],
        "words": RELATIONS,
        "over": " and ".join(dict.fromkeys(relations["over"])),
        "version": version("rashomon"),
    }
    page = home / "truths.html"
    publish_text(page, render("truth.html", context, world=world))
    return page


def _picture(truths: Mapping[str, Truth], columns: tuple[str, ...], home: Path) -> Picture:
    """Draw the alluvial plot, also as a file."""
    labels = pd.DataFrame(_labels(truths, columns))
    with pl.house_style():
        drawing = pl.encode(pl.alluvial(labels, truths=columns), kind="png")
    with publish(home / "alluvial.png") as temporary:
        temporary.write_bytes(drawing)
    return Picture(
        "alluvial",
        picture_uri(lambda: pl.alluvial(labels, truths=columns)),
        f"Alluvial plot of {', '.join(columns)}; the table below names the groups that differ.",
        "Where do the cells of each class go? A ribbon is a group of cells with the same classes, in the colour of its "
        "class in the first column.",
    )


def _labels(truths: Mapping[str, Truth], columns: tuple[str, ...]) -> dict[str, pd.Categorical]:
    """Return columns as categoricals, so that classes keep their order; cells without a class are missing."""
    return {
        name: pd.Categorical.from_codes(
            truths[name].codes.clip(min=-1).astype("int64"), pd.Index(truths[name].categories, dtype=object)
        )
        for name in columns
    }
