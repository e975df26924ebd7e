"""Codes of errors that are not about what enters: declarations, outputs, stores, shipped data."""

from __future__ import annotations

from rashomon.core import Registry
from rashomon.io.engine_rule import ENGINE_RULES
from rashomon.io.receptor.code import RECEPTOR_CODES
from rashomon.io.receptor_world_rule import RECEPTOR_WORLD_RULES
from rashomon.io.rule import RULES
from rashomon.io.seal_rule import SEAL_RULES
from rashomon.io.spec_rule import SPEC_RULES
from rashomon.io.world_rule import WORLD_RULES
from rashomon.truth import Rule

__all__ = ["CODES"]

_OTHER = (
    Rule(
        "truth.kind",
        "the kind of a truth is unknown",
        "biological, annotation, receptor, mechanism or technical",
        "write NAME=KIND, for example cell_type=annotation",
        "The kind decides how a label column is shown: a technical one that wins is a warning, not a finding.",
    ),
    Rule(
        "truth.derived_from",
        "the origin of a truth is unknown",
        "expression, sequence, protein or external",
        "write NAME=KIND:ORIGIN, for example gate=annotation:protein",
        "Labels that were made from the data they judge are shown and can never win, so their origin must be known.",
    ),
    Rule(
        "truth.name",
        "a truth has no name",
        "NAME[=KIND[:ORIGIN]]",
        "name the column",
        "A truth is a column of labels; without its name there is nothing to read.",
    ),
    Rule(
        "truth.recipe",
        "a derived truth is written wrongly",
        "NAME=RECIPE(...), with a recipe that rashomon list recipes names",
        "write for example coarse=map(cell_type, mapping.csv) or stage=quantile(pseudotime, 4)",
        "Recipes are read strictly, because a guess would make other classes than those that were meant.",
    ),
    Rule(
        "multiverse.choice",
        "a choice does not exist for this data set",
        "a choice of the multiverse, see rashomon list",
        "leave the choice out, or give the data that it needs",
        "Settings that would have no effect are never passed over in silence.",
    ),
    Rule(
        "multiverse.excluded",
        "an alternative cannot be defended for these data",
        "an alternative that answers the same question",
        "use the alternative that the message names",
        "Each alternative that is left out has a reason with a source; running it would add noise, not doubt.",
    ),
    Rule(
        "multiverse.few",
        "there are too few pipelines to tell the choices apart",
        "at least one pipeline more than there are effects to estimate",
        "raise max_pipelines, or give fewer choices",
        "With fewer runs than effects, the effect of one choice cannot be separated from that of another.",
    ),
    Rule(
        "output.clash",
        "a column of yours has the name of one of ours",
        "columns that do not exist, or that an earlier call wrote",
        "choose another key_added",
        "A column that was not written here is never replaced.",
    ),
    Rule(
        "output.cells",
        "results and cells have different names",
        "one row per cell, under the names of the cells",
        "do not rename cells between the audit and its results",
        "Results are joined to cells by name.",
    ),
    Rule(
        "output.input",
        "the output would replace the input",
        "another path",
        "choose another output",
        "The file that was read is never written to.",
    ),
    Rule(
        "output.folder",
        "a folder stands where a file should be written",
        "a path where nothing, or a file of the same kind, stands",
        "choose another output",
        "Folders that were not made here are never replaced.",
    ),
    Rule(
        "store.folder",
        "the output folder holds other things",
        "a new or empty folder, or one written by an earlier audit",
        "choose another folder with -o",
        "Results are not mixed with files that are not ours.",
    ),
    Rule(
        "store.write",
        "a result cannot be written",
        "a folder with free space that this user may write to",
        "choose another folder, or free some space, and run the same command again",
        "Every file is written under a temporary name and renamed when it is complete, so nothing half-written is left."
        " Finished runs are used again.",
    ),
    Rule(
        "store.damaged",
        "a stored result does not match its digest",
        "a file as it was written",
        "run the same command again: damaged runs are computed anew",
        "Every stored number is checked when it is read, because disks and copies do change bytes.",
    ),
    Rule(
        "fixture.missing",
        "a data set that comes with the package is not there",
        "the files of the installation",
        "install the package again",
        "The data sets of rashomon.datasets are part of the installation; nothing is downloaded.",
    ),
    Rule(
        "fixture.changed",
        "a data set that comes with the package was changed",
        "the file with its published digest",
        "install the package again",
        "Results on a changed file could not be compared with anyone else's.",
    ),
)

CODES: Registry[Rule] = Registry(
    "code",
    (
        *RULES.values(),
        *_OTHER,
        *ENGINE_RULES,
        *SPEC_RULES,
        *SEAL_RULES,
        *WORLD_RULES,
        *RECEPTOR_WORLD_RULES,
        *RECEPTOR_CODES,
    ),
)
"""Every code an error can carry; ``rashomon explain CODE`` reads it."""
