"""Codes of errors about worlds: what they are made of, their files, and what they are fitted to."""

from __future__ import annotations

from rashomon.truth import Rule

__all__ = ["WORLD_RULES"]

WORLD_RULES = (
    Rule(
        "world.knobs",
        "a world is impossible",
        "knobs with legal values that fit together, see rashomon list knobs",
        "change the knobs that the message lists",
        "Every knob is checked alone and with the others before anything is drawn, and all problems are said at once."
        " A knob of another kind of world is refused: a continuum has no groups, a twin no knob for what was fitted.",
    ),
    Rule(
        "world.tree",
        "a hierarchy of types is no tree",
        "each node below one parent, none its own ancestor, and as many leaves as n_groups says",
        "write each child once, below one parent",
        "Types inherit the markers of every node above them, which has no meaning in a cycle or with two parents.",
    ),
    Rule(
        "world.do",
        "an intervention cannot be made",
        "a knob, or a node above the single counts, with a value of the right form",
        "see rashomon list nodes for what can be set",
        "An intervention sets a variable for all cells, or a table as a whole, and leaves every random number that it"
        " cannot reach as it was. Counts and their means differ from entry to entry, so they cannot be set.",
    ),
    Rule(
        "world.cells",
        "fewer cells are asked for than there are types",
        "at least one cell per type",
        "draw more cells, or lower n_groups",
        "A truth whose classes cannot all occur says nothing about a clustering.",
    ),
    Rule(
        "world.oracle",
        "an oracle is asked about cells of another world",
        "the world that drew the cells, with the interventions under which it did",
        "use the world of the simulation, simulation.world",
        "A posterior is that of the model which made the data; under another the numbers mean nothing.",
    ),
    Rule(
        "world.file",
        "a world file cannot be read or written",
        "YAML 1.2 without tags, anchors, aliases, tabs or repeated keys, at most a megabyte",
        "change the lines that the message names",
        "Words are taken as YAML 1.2 has them: no and on are texts, 010 and 12:30 are no numbers. A file that another"
        " program would read as other values is refused, and nothing in it is ever executed or looked up elsewhere.",
    ),
    Rule(
        "world.tables",
        "the tables of a fitted world are missing or changed",
        "the parquet file that was written with the world, beside it",
        "copy both files of the world again, or fit the twin again",
        "The world file holds the sha256 of its tables, so that a twin is never drawn from those of another.",
    ),
    Rule(
        "world.change",
        "a change of a world is written wrongly",
        "NAME=VALUE, with the name of a knob (--set, --do) or of a node (--do)",
        "write for example --set effect_size=1.5 or --do batch_effect=0",
        "Values are read as in a world file. --set describes the world; --do intervenes on it, which the record of the"
        " data and its causal graph then say.",
    ),
    Rule(
        "fit.counts",
        "a twin is asked of data without counts",
        "raw counts in X, raw.X or layers['counts']",
        "give the file as it was before normalisation",
        "Depth and dispersion are estimated from molecules; normalised values have lost both.",
    ),
    Rule(
        "fit.not_counts",
        "a matrix to be fitted does not hold counts",
        "whole numbers, 0 or more",
        "start from raw counts",
        "A negative binomial law has whole numbers only; its dispersion would be an artefact of the scaling.",
    ),
    Rule(
        "fit.codes",
        "labels or names do not fit the matrix to be fitted",
        "one code per cell and one name per gene",
        "take labels, names and counts from the same object",
        "Each cell is described by its type, batch and donor, each gene by its name; a shift of one would pass unseen.",
    ),
    Rule(
        "fit.too_small",
        "there are too few cells or genes for a fit",
        "the numbers that the message states",
        "use more cells, or assign more of them",
        "Dispersions and factors from so few cells would be noise, and a twin of noise looks like nothing measured.",
    ),
    Rule(
        "fit.small_type",
        "a type has too few cells for a profile",
        "the number of cells that the message states, for each type",
        "merge the type with another, or leave its cells unassigned",
        "The profile of a handful of cells is mostly noise, and planting it would make a type too easy to find.",
    ),
    Rule(
        "fit.aliased",
        "types cannot be told from batches or donors",
        "types that share batches and donors, so that the effects of both can be told apart",
        "leave the column of batches or donors out, or fit the parts separately",
        "When every batch holds types of its own, any difference may belong to either. A twin would have to guess, and"
        " turning the batch effect off would then take types with it.",
    ),
    Rule(
        "fit.locus",
        "a twin is asked of receptors without a model",
        "human or mouse TRA or TRB",
        "leave other chains out, or say the species where the table is read",
        "A twin generates receptors as its data were generated; where no model of recombination is known, it cannot.",
    ),
    Rule(
        "fit.one_class",
        "labels of receptors have fewer than two classes",
        "two classes or more, each with the receptors that the message states",
        "choose another column, or fit without labels",
        "What receptors of a label share can only be seen beside those of another.",
    ),
    Rule(
        "fit.column",
        "a column to be fitted is not there",
        "a column of the table",
        "choose one of those that the message lists",
        "Labels, donors and batches are looked up by the names that the table has.",
    ),
)
"""Rules of the room of worlds, which lies above the door: the texts are here, so that one list explains every code."""
