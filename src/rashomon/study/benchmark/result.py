"""What a benchmark found: tables, whether its controls hold, and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from rashomon.core import first_few, publish_text
from rashomon.dataset import WorldFacts
from rashomon.study.benchmark.grid import REFERENCE
from rashomon.study.directory import SPEC, check_directory, json_text, write_table

__all__ = ["Benchmark", "write_benchmark"]

_ANSWERS = "answers.json"
_KEYS = ["score", "truth", "view"]


@dataclass(frozen=True, eq=False)
class Benchmark:
    """The result of a benchmark.

    Parameters
    ----------
    spec
        What was asked for, resolved, with ``world`` and ``world_digest`` of the fixed point.
    lines
        The sweep in words.
    tables
        Tidy tables by name: ``sweep`` (one row per data set), ``runs`` (one per run, failed ones with reasons),
        ``scores`` (run x truth x score, with controls; `rashomon.study.benchmark.table.SCORE_COLUMNS`), ``controls``
        (one row per score: valid or not), ``effects`` (level x score x pipeline), ``ranking`` (level x score),
        ``break_points`` (score x knob) and ``not_run``.
    target
        The truth that decides for scores without one.
    environment
        Versions of what can change a number.
    seconds
        Wall time.
    """

    spec: Mapping[str, Any]
    lines: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame]
    target: str
    environment: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def failed(self) -> pd.DataFrame:
        """Runs that failed, with the reason."""
        runs = self.tables["runs"]
        return runs[runs["status"] == "failed"]

    @property
    def invalid(self) -> pd.DataFrame:
        """Scores that their controls do not bracket."""
        controls = self.tables["controls"]
        return controls[controls["status"] == "invalid"]

    @property
    def valid(self) -> bool:
        """Whether the controls bracket every score that has them."""
        controls = self.tables["controls"]
        return bool(controls["status"].isin(["valid", "not applicable"]).all())

    def sentences(self) -> list[str]:
        """Return what was found, in plain sentences.

        The size, the controls, by what pipelines are ranked, and what each knob breaks first. Scores that their
        controls do not bracket are left out of the last, and counted.
        """
        return [self._size(), *self._controls(), *self._reference(), *self._breaks()]

    def _size(self) -> str:
        runs = self.tables["runs"]
        n = len(self.failed)
        failures = f"{n:,} failed" if n else "none failed"
        return f"{self.lines[1]}; {runs['pipeline'].nunique()} pipelines on each, {len(runs):,} runs, {failures}."

    def _controls(self) -> Iterator[str]:
        controls = self.tables["controls"]
        asked = controls[controls["status"].isin(["valid", "invalid", "cannot tell"])]
        unknown = int((asked["status"] == "cannot tell").sum())
        also = f"; of {unknown} nothing can be told" if unknown else ""
        yield f"The controls bracket {int((asked['status'] == 'valid').sum())} of {len(asked)} scores{also}."
        for reason, group in self.invalid.groupby(self.invalid["side"], sort=False):
            names = first_few(list(dict.fromkeys(_named(row) for _, row in group.iterrows())), n=8)
            what = "the truth itself" if reason == "positive" else "random labels of the same sizes"
            verb = "rated better than" if reason == "positive" else "rated worse than"
            yield f"The study is invalid for {names}: a pipeline is {verb} {what}."

    def _reference(self) -> Iterator[str]:
        if not len(self.tables["break_points"]):
            return
        ranking = self.tables["ranking"]
        known = ranking.loc[ranking["judged_by"] == self.target, "ceiling"].notna().any()
        what = f"the oracle's labels of {self.target}" if known else f"{self.target}, for which there is no oracle"
        nearly = "nearly " if known else ""
        yield (
            f"Pipelines are ranked by their agreement (AMI) with {what}. AMI as a score therefore holds {nearly}by "
            "construction, and a score that defines agreement otherwise breaks where it disagrees with AMI."
        )

    def _breaks(self) -> Iterator[str]:
        every = self._of_target(self.tables["break_points"])
        invalid = self._invalid_rows(every)
        shown = every[~invalid]
        if invalid.any():
            left = _names(every[invalid])
            yield f"Left out of what follows, because invalid: {_count(len(left))} ({first_few(left, n=12)})."
        start = shown[shown["status"] == "broken at the fixed point"].drop_duplicates(["score", "view"])
        for word, group in start.groupby("word", sort=False):
            yield f"Broken before anything is turned ({word}): {first_few(_names(group), n=12)}."
        n_seeds = int(self.tables["sweep"]["world_seed"].nunique())
        for knob, group in shown.groupby("knob", sort=False):
            yield f"{knob}{_of_knob(group, n_seeds=n_seeds)}."
        first = shown[shown["order"] == 1].groupby(["score", "view"], sort=False)["knob"].agg(list)
        counts = pd.Series([knob for knobs in first for knob in knobs], dtype=object).value_counts()
        if len(counts):
            told = first_few([f"{knob} ({n})" for knob, n in counts.items()], n=5)
            yield f"First to break a score, and how many of {len(first)}: {told}."

    def _invalid_rows(self, rows: pd.DataFrame) -> pd.Series:
        keys = set(self.invalid[_KEYS].itertuples(index=False, name=None))
        return pd.Series(
            [key in keys for key in rows[_KEYS].itertuples(index=False, name=None)], rows.index, dtype=bool
        )

    def _of_target(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the rows on the target truth; of scores on views, on the common one, where runs can be ranked."""
        common = REFERENCE if (table["view"] == REFERENCE).any() else ""
        return table[(table["truth"] == self.target) | ((table["truth"] == "") & (table["view"] == common))]


def write_benchmark(benchmark: Benchmark, path: Path | str) -> Path:
    """Write a benchmark to a study directory, each file whole or not at all.

    Parameters
    ----------
    benchmark
        What was found.
    path
        A new or empty folder, or a study of ours.

    Returns
    -------
    The folder: ``spec.json``, ``answers.json`` (sentences, what is invalid, versions), ``tables/*.parquet``, ``*.csv``.

    Raises
    ------
    UsageError
        When the folder holds other things.
    """
    folder = check_directory(path)
    # every table carries the mark of simulated data
    world = WorldFacts(str(benchmark.spec["world"]), digest=str(benchmark.spec["world_digest"]))
    publish_text(folder / SPEC, json_text(benchmark.spec))
    invalid = [
        {"score": row["score"], "truth": row["truth"], "view": row["view"], "reason": row["reason"]}
        for _, row in benchmark.invalid.iterrows()
    ]
    answers = {
        "benchmark": {
            "valid": benchmark.valid,
            "target": benchmark.target,
            "sweep": list(benchmark.lines),
            "sentences": benchmark.sentences(),
            "invalid": invalid,
        },
        "environment": dict(benchmark.environment),
    }
    publish_text(folder / _ANSWERS, json_text(answers))
    for name, table in benchmark.tables.items():
        write_table(table, folder / "tables" / name, world=world)
    return folder


def _of_knob(group: pd.DataFrame, *, n_seeds: int) -> str:
    """Return what one knob does to the scores that are not broken before it is turned."""
    asked = group[group["status"] != "broken at the fixed point"]
    if not len(asked):
        return ": every score is broken before it is turned"
    broken = asked[asked["status"] == "breaks"].sort_values("steps", kind="stable")
    said = [
        f"at {level} {first_few(_names(part), n=12)} ({', '.join(dict.fromkeys(part['word']))})"
        for level, part in broken.groupby("level", sort=False)
    ]
    ends, unknown = (asked[asked["status"] == status] for status in ("ends", "cannot tell"))
    open_ = f"cannot tell with {n_seeds:,} seeds"
    if len(unknown) == len(asked):
        return f": {open_} whether it breaks any of {_count(len(asked))}"
    none = f"none of {_count(len(asked) - len(unknown))}"
    notes = [f"of {len(unknown):,} more {open_}" if len(unknown) else "",
             f"from {ends['level'].iloc[0]} on nothing is attainable" if len(ends) else ""]  # fmt: skip
    return "; ".join(filter(None, [f" breaks {'; '.join(said) or none}", *notes]))


def _count(n: int) -> str:
    return f"{n:,} score{'' if n == 1 else 's'}"


def _named(row: pd.Series) -> str:
    return f"{row['score']} with {row['truth']}" if row["truth"] else str(row["score"])


def _names(rows: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(map(str, rows["score"])))
