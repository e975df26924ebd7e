"""Simulated files: a world of the catalogue, of a YAML file, or the twin of real data, drawn into a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rashomon import io
from rashomon.core import Listener, RNGLike, Teller, UsageError, did_you_mean, first_few, lines, root_entropy, say
from rashomon.dataset import Dataset
from rashomon.io.write import known_suffix, refuse_target
from rashomon.sim import KNOBS, World, motif_feasibility
from rashomon.sim.part import RECEPTORS
from rashomon.sim.spec.change import parse_changes
from rashomon.sim.spec.file import read_world, write_world
from rashomon.sim.write import TABLE, Written, known_target, write_sample

__all__ = ["simulate_file", "twin_file"]

_YAML = frozenset({".yaml", ".yml"})


def simulate_file(
    world: str,
    *,
    out: Path | str,
    n_obs: int | None = None,
    set_to: Sequence[str] = (),
    do: Sequence[str] = (),
    oracle: bool | None = None,
    listener: Listener | None = None,
    rng: RNGLike = 0,
) -> list[str]:
    """Draw a world into a file.

    Parameters
    ----------
    world
        Name of a world of the catalogue, or path of a YAML file.
    out
        ``.h5ad``, ``.zarr`` or ``.h5mu``; ``.tsv`` (AIRR) for a world of receptors.
    n_obs
        Number of cells; that of the world when None.
    set_to
        Knobs as ``KNOB=VALUE``, in place of those of the world.
    do
        Interventions as ``KNOB=VALUE`` or ``NODE=VALUE``; all random numbers are shared with the world without them.
    oracle
        Whether Bayes labels and ceilings join the file; None: up to 5,000 cells.
    listener
        Told about progress; by default, lines on standard error.
    rng
        Seed.

    Returns
    -------
    Lines that say what was made.

    Raises
    ------
    UsageError
        When the world, a knob or a value is wrong.
    StoreError
        When the file cannot be written.
    """
    found = read_world(world) if Path(world).suffix.lower() in _YAML else _of_catalogue(world)
    known_target(found, Path(out))
    changed = _with_knobs(found, set_to)
    changes = parse_changes(do)
    drawn = changed.do(**changes) if changes else changed
    root = root_entropy(rng)
    return _lines(drawn, _draw(drawn, out, n_obs=n_obs, oracle=oracle, listener=listener, rng=root), root)


def twin_file(
    file: Path | str,
    *,
    out: Path | str,
    labels: str | None = None,
    donor_key: str | None = None,
    batch_key: str | None = None,
    null: bool = False,
    n_obs: int | None = None,
    set_to: Sequence[str] = (),
    oracle: bool | None = None,
    world: Path | str | None = None,
    announce: Teller = say,
    listener: Listener | None = None,
    rng: RNGLike = 0,
) -> list[str]:
    """Fit a world to the counts of a file, and draw a look-alike into another.

    Parameters
    ----------
    file
        ``.h5ad``, ``.zarr`` or ``.h5mu`` with counts; never written to.
    out, n_obs, set_to, oracle, listener, rng
        As in `simulate_file`; as many cells as `file` has when `n_obs` is None.
    labels, donor_key, batch_key, null, announce
        As in `rashomon.sim.fit`.
    world
        YAML file for the fitted world, with its tables in a parquet file beside.

    Returns
    -------
    Lines that say what was made.

    Raises
    ------
    InputError
        When the door refuses the file.
    UsageError
        When a knob is wrong, or the data do not allow a twin.
    StoreError
        When a file cannot be written, or `out` is `file`.
    """
    from rashomon.sim.twin import fit

    if Path(out).suffix.lower() != TABLE:
        known_suffix(out)
    refuse_target(Path(out), file)
    if world is not None and Path(world).suffix.lower() not in _YAML:
        raise UsageError(f"the world file is named {Path(world).name!r}", where="--world", expected="a name in .yaml")
    parse_changes(set_to)  # a slip is said before the fit, which takes time
    dataset = _real(file, labels, donor_key, batch_key)
    # a derived column is written NAME=RECIPE(...), and known by its name from here on
    column = next(iter(dataset.truths), None)
    fitted = fit(dataset, column, null=null, rng=rng, announce=announce)
    drawn = _with_knobs(fitted, set_to)
    known_target(drawn, Path(out))
    kept = [] if world is None else [f"world:  {', '.join(map(str, write_world(drawn, world)))}"]
    written = _draw(drawn, out, n_obs=n_obs, oracle=oracle, protect=file, listener=listener, rng=rng)
    return [*_lines(drawn, written), *kept]


def _real(file: Path | str, labels: str | None, donor_key: str | None, batch_key: str | None) -> Dataset:
    """Return the data of a file: receptors of a table, else counts of cells."""
    keys: dict[str, Any] = {
        "truths": [] if labels is None else [labels],
        "donor_key": donor_key,
        "batch_key": batch_key,
    }
    if io.receptor_format(file) is not None:
        return io.read_receptors(file, **keys)
    return io.read(file, **keys, expect="counts")


_ASKED = 5000
"""Cells up to which the oracle is asked without being told so: some seconds."""


def _draw(
    world: World,
    out: Path | str,
    *,
    n_obs: int | None,
    oracle: bool | None,
    protect: Path | str | None = None,
    listener: Listener | None,
    rng: RNGLike,
) -> Written:
    asked = (n_obs or world.n_obs) <= _ASKED if oracle is None else oracle
    return write_sample(world, out, n_obs=n_obs, oracle=asked, protect=protect, listener=listener or lines(), rng=rng)


def _of_catalogue(name: str) -> World:
    from rashomon.sim.catalogue import WORLDS

    if name not in WORLDS:
        raise UsageError(
            f"there is no world {name!r}",
            where="rashomon simulate",
            expected="a world of the catalogue, or a file that ends in .yaml",
            fix=did_you_mean(name, WORLDS),
        )
    return WORLDS[name].world


def _with_knobs(world: World, texts: Sequence[str]) -> World:
    changes = parse_changes(texts)
    wrong = [name for name in changes if name not in KNOBS]
    if wrong:
        raise UsageError(
            f"{wrong[0]} is a node, not a knob",
            where=f"--set {wrong[0]}",
            expected="a knob, see rashomon list knobs",
            fix="set a node with --do",
            code="world.change",
        )
    return replace(world, given={**world.given, **changes}) if changes else world


def _signal(world: World, rng: RNGLike) -> list[str]:
    """Return what was to be expected of the motifs of a world of receptors."""
    # twins have families in place of motifs
    if RECEPTORS not in world.parts or world.fitted or not world.knobs["n_epitopes"]:
        return []
    verdicts = motif_feasibility(world, rng=rng)["verdict"].value_counts()
    said = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items())
    return [f"motifs: {int(verdicts.sum())}, beforehand {said} (rashomon.sim.motif_feasibility)"]


def _lines(world: World, written: Written, rng: RNGLike = None) -> list[str]:
    truths = [f"{name} ({kind.partition(':')[0]})" for name, kind in written.truths.items()]
    genes = f" x {written.n_vars:,} genes, {100 * written.zero_frac:.1f} % zeros" if written.n_vars else ""
    named = "".join(f" --{role} {role}" for role in ("donor", "batch") if role in written.truths)
    if world.parts == (RECEPTORS,):
        named += "".join(f" --truth {name}" for name in ("epitope", "motif") if name in written.truths)
        named += "" if written.path.suffix == ".tsv" else " --receptors"
    audit = f"rashomon audit {written.path}{named} -o {written.path.with_name(f'{written.path.stem}_audit')}"
    return [
        f"{world.name}: {written.facts['mark']}",
        f"cells:  {written.n_obs:,}{genes}",
        *_signal(world, rng),
        f"truths: {first_few(truths, n=12) or 'none with two classes'}",
        *_ceilings(written.facts),
        *[f"note:   {note}" for note in written.notes],
        f"file:   {written.path}",
        f"next:   {audit}",
    ]


def _ceilings(facts: Mapping[str, str]) -> list[str]:
    """Return what any method could reach, where it was computed."""
    found = json.loads(facts.get("ceiling_json", "[]"))
    return [f"ceiling: {one['score']} against {one['truth']} is at most {one['value']:.2f}" for one in found]
