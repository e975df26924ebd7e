"""Rules about tables of receptors: what they are, and whether their fields can be trusted."""

from __future__ import annotations

from rashomon.truth import Rule

__all__ = ["RECEPTOR_REMARKS", "RECEPTOR_RULES"]

RECEPTOR_RULES = (
    Rule(
        "receptor.format",
        "the table is not one of receptors",
        "AIRR Rearrangement, 10x contig annotations, BD Rhapsody contigs, Change-O, or one row per receptor",
        "name the columns as AIRR does: junction_aa, v_call, j_call",
        "A format is recognised by the names of its columns, and never guessed from values.",
    ),
    Rule(
        "receptor.clonotypes",
        "the table lists clonotypes, not chains of cells",
        "filtered_contig_annotations.csv or airr_rearrangement.tsv of the same run",
        "give the contig annotations instead",
        "Tables of clonotypes and consensus sequences are results of a clustering; the cells, and what differs between"
        " them, are gone.",
    ),
    Rule(
        "receptor.json",
        "the JSON file does not hold contigs",
        "a list of contigs, as Cell Ranger writes all_contig_annotations.json",
        "give the .csv of the same run",
        "Only the one JSON layout is known, and a cut file cannot be told from a whole one.",
    ),
    Rule(
        "receptor.cell_id",
        "chains have no cell",
        "a cell_id on every row, or on none",
        "remove these rows, or the column cell_id if the data are bulk",
        "All chains without a cell would become one cell with an empty name.",
    ),
    Rule(
        "receptor.barcode",
        "the same barcode occurs in several samples",
        "cell names that are unique, or a column that says the sample",
        "give sample_key=, so that the name of the sample becomes part of the name of the cell",
        "Barcodes repeat between runs: chains of different cells would be joined into one.",
    ),
    Rule(
        "receptor.productive",
        "a field says neither that a chain is productive nor that it is not",
        "T, F, true or false in any case, or an empty field",
        "write T or F",
        "Other readers turn unknown words into 'missing', so that chains disappear or stay without a word.",
    ),
    Rule(
        "receptor.count",
        "counts are no whole numbers",
        "whole numbers, or empty fields",
        "look at these rows: columns may have moved, or the values may be frequencies",
        "Counts are copies, molecules or reads. Frequencies are not, and cannot be turned back.",
    ),
    Rule(
        "receptor.negative",
        "counts are negative",
        "0 or more",
        "look at these rows",
        "A negative number of molecules is a mistake, or a code for 'missing'.",
    ),
    Rule(
        "receptor.id",
        "identifiers of chains occur more than once",
        "every sequence_id once in its sample",
        "remove the repeats: the same run was often given twice, as .csv and as AIRR",
        "Chains that are entered twice look like two cells, or like a doublet.",
    ),
    Rule(
        "receptor.mixed_species",
        "the receptors come from several species, or not from the one that was given",
        "receptors of one species",
        "give species='human' or 'mouse': rows of others are then left out and counted, where a column says them",
        "The same gene name means another gene in another species, and every clustering would find the species first.",
    ),
    Rule(
        "receptor.mixed_cdr3",
        "some sequences have anchors and others have not",
        "junctions in all rows, or CDR3 in all rows",
        "bring them into one form; tables that were joined often mix both",
        "Two writings of the same receptor would be two receptors.",
    ),
    Rule(
        "receptor.none",
        "no chain has a junction",
        "a column of junctions that is not empty",
        "check which column holds them, and name it junction_aa or junction",
        "Without junctions there is nothing to compare.",
    ),
    Rule(
        "receptor.value",
        "a value cannot be written to a table separated by tabs",
        "text without tabs and line ends, under names of letters, digits and underscores",
        "replace these characters first",
        "The AIRR standard has no quotes: a tab in a value moves all values after it into other columns.",
    ),
)
"""What is refused."""

RECEPTOR_REMARKS = (
    Rule(
        "receptor.compliance",
        "columns that the AIRR standard requires are missing",
        "the 14 required columns, empty where nothing is known",
        "nothing here: V, J and a junction are enough; write it anew with write_airr for other tools",
        "Validators refuse the file, although it can be read.",
    ),
    Rule(
        "receptor.missing_word",
        "words that stand for a missing value were read as missing",
        "empty fields",
        "write empty fields: in R write.table(..., na = ''), in pandas na_rep=''",
        "NA is also two amino acids, and None a name; in columns of genes, junctions and counts they mean 'missing'.",
    ),
    Rule(
        "receptor.unknown_productive",
        "chains do not say whether they are productive",
        "T or F in the column productive",
        "nothing, if the table holds productive chains only",
        "They are kept; those with a stop or a broken frame are recognised by their junction.",
    ),
    Rule(
        "receptor.other_species",
        "receptors of other species were left out",
        "receptors of one species",
        "nothing: species= asked for it",
        "The column of the species says which rows these are.",
    ),
    Rule(
        "receptor.multichain",
        "cells have more than two chains of one arm",
        "at most two chains with and two without a D gene",
        "leave such cells out (dual='drop'), or treat them as doublets",
        "A T cell may carry two alpha chains, rarely two beta chains. More than two of an arm are two or more cells, or"
        " ambient transcripts.",
    ),
    Rule(
        "receptor.not_cell",
        "contigs that belong to no cell were left out",
        "contigs of barcodes that were called as cells, with high confidence",
        "nothing; the filtered contig annotations hold the same",
        "Most barcodes of unfiltered tables (all_contig_annotations, Unfiltered_Contigs) are empty droplets with"
        " ambient transcripts.",
    ),
    Rule(
        "receptor.varies",
        "columns have several values within a cell",
        "one value per cell",
        "give sample_key= if cells of several samples share a barcode",
        "A row of the data set is a cell, so that such a column has no value for it. It is left out.",
    ),
    Rule(
        "receptor.id_by_sample",
        "identifiers of chains repeat between samples",
        "identifiers that occur once",
        "add the sample to them",
        "Within a sample they occur once, so nothing is refused; the rows are named by their number.",
    ),
    Rule(
        "receptor.germline",
        "genes were called with different germline sets",
        "one germline set for all samples",
        "call the genes of all samples again with one set",
        "Sets differ in their alleles and names. Names are repaired, but a gene that one set lacks was called"
        " as another.",
    ),
    Rule(
        "receptor.flank",
        "chains have a CDR3 without the residues beside it",
        "FR3 and FR4 beside the CDR3",
        "nothing; take the AIRR table of the pipeline, where there is one",
        "BD writes the CDR3 without its anchors. They are taken from the ends of FR3 and FR4 of the same contig, and"
        " where these are missing, the junction is not known.",
    ),
    Rule(
        "receptor.without_chain",
        "rows without a chain are not written",
        "a chain in every row",
        "nothing",
        "An AIRR table has one row per chain; a cell without chains has no place in it.",
    ),
)
"""What is worth a warning, and no refusal."""
