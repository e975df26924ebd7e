"""Rules of the repairs of receptors: gene names, junctions, loci, species; and of receptors in AnnData and MuData."""

from __future__ import annotations

from rashomon.truth import Rule

__all__ = ["REPAIR_REMARKS", "REPAIR_RULES"]

REPAIR_RULES = (
    Rule(
        "receptor.gene_unknown",
        "more than 20 % of the V or J calls are no known genes",
        "IMGT names such as TRBV12-3*01 or TRBJ2-7, several separated by commas",
        "check that the column holds gene names; for mouse give species='mouse'",
        "A name that no germline set knows equals nothing but itself: every comparison of genes would be wrong.",
    ),
    Rule(
        "receptor.species",
        "gene names come from more than one species, or from another than was said",
        "receptors of one species",
        "keep the rows of one species, or give the right species=",
        "TRBV13-2 of mouse and TRBV13 of human are different genes, and the receptors of two species form no clusters "
        "together.",
    ),
    Rule(
        "receptor.junction",
        "more than 10 % of the junctions are damaged, or most have no anchors",
        "whole codons without stop, the 20 amino acids, from C to F or W, and an amino-acid junction that is the "
        "translation of the nucleotides",
        "leave out non-productive rows, or mark them in a column productive; check that the columns are junctions",
        "A few such rows are flagged and left out of comparisons; so many mean that the column is something else.",
    ),
    Rule(
        "receptor.anchors",
        "the junctions have no anchors",
        "junctions with the conserved C at the start and F or W at the end",
        "if these are CDR3 as IMGT defines it, name the column cdr3_aa: the anchors are then added, and said",
        "CDR3 and junction differ by one residue at each end; lengths, trimming and motifs would be shifted.",
    ),
    Rule(
        "receptor.locus",
        "the locus of many chains disagrees with their genes",
        "genes of the locus: TRBV and TRBJ for TRB",
        "correct the column locus, or leave it empty: it is then read from the genes",
        "A chain of unknown locus cannot be put in an arm of a receptor.",
    ),
    Rule(
        "receptor.awkward",
        "the receptors of the cells are damaged or have another form",
        "an awkward array: for each cell a list of records with AIRR fields, as scirpy writes it",
        "write the file again, or read the AIRR table itself",
        "Lists with offsets beyond the data would read memory that is not theirs.",
    ),
    Rule(
        "modality.absent",
        "there are no receptors in the object",
        "an AnnData with receptors in obsm['airr'], or a MuData with a modality 'airr' that has them",
        "name the modality with airr_mod=, or the slot with airr_key=",
        "Names are not guessed: 'vdj', 'ir' and 'tcr' mean different things in different objects.",
    ),
    Rule(
        "modality.overlap",
        "fewer than 5 % of the cells are in both modalities",
        "the same cell names in gex and airr",
        "make the names equal: often one of them has a sample prefix or a suffix '-1'",
        "MuData keeps the union of all cells without a word; nothing could be joined.",
    ),
    Rule(
        "modality.repeated",
        "cell names of a modality occur more than once",
        "unique obs_names in each modality",
        "add the sample to the names, or call obs_names_make_unique() on each modality",
        "Receptors and expression are joined by name; a repeated name joins the wrong cells.",
    ),
)

REPAIR_REMARKS = (
    Rule(
        "receptor.gene_kept",
        "calls are no known genes",
        "IMGT names",
        "look at the list; they are kept as they are written, and equal only themselves",
        "New genes, typing errors and genes of other species are not told apart.",
    ),
    Rule(
        "receptor.gene_allele",
        "alleles are not in the germline set",
        "alleles of IMGT",
        "nothing where the allele is new; comparisons at the level of genes are not concerned",
        "The gene is known and the allele is kept as written; a germline set may be older than the data.",
    ),
    Rule(
        "receptor.gene_family",
        "calls name a family, not a gene",
        "names of genes",
        "compare at the level of families (genes='family'), or resolve the calls",
        "Short reads often cannot tell the genes of a family apart. Nothing is invented: TRBV6 stays TRBV6, and equals "
        "TRBV6-1 at the level of families only.",
    ),
    Rule(
        "receptor.gene_pseudo",
        "calls name pseudogenes or open reading frames",
        "functional genes",
        "check the aligner: productive receptors with such genes are rare",
        "They are kept. Many of them are misassigned reads of functional genes of the same family.",
    ),
    Rule(
        "receptor.species_unsaid",
        "the species cannot be read from the gene names",
        "names that occur in one species only, or species=",
        "give species='human' or species='mouse'",
        "Human is assumed: names are checked against its genes.",
    ),
    Rule(
        "receptor.species_few",
        "a few gene names belong to another species",
        "genes of one species",
        "look at these rows",
        "They are kept as they are written; typing errors and other species are not told apart.",
    ),
    Rule(
        "receptor.damaged",
        "junctions are damaged",
        "whole codons without stop, and the 20 amino acids",
        "nothing: these chains are kept, marked as not productive, and left out of comparisons",
        "Stops, shifted frames and unknown residues belong to receptors that no cell shows.",
    ),
    Rule(
        "receptor.translation",
        "the amino acids are not the translation of the nucleotides",
        "junction_aa equal to the translated junction",
        "look at these rows: the two columns come from different sequences",
        "Both are kept; comparisons of nucleotides and of amino acids will differ for them.",
    ),
    Rule(
        "receptor.unanchored",
        "junctions do not run from C to F or W",
        "C at the start, F or W at the end",
        "if the last F was cut, use complete_end=True; otherwise nothing: they are left out of comparisons",
        "They may be truncated, misread, or of genes with another anchor (TRAJ35 ends in C).",
    ),
    Rule(
        "receptor.completed",
        "anchors were added",
        "junctions with both anchors",
        "give junctions instead of CDR3 where the file has them",
        "The residue is that of the J gene where it is known, else W for IGH and F for all others; codons that were "
        "added are written as TGY, TTY and TGG, because nobody saw them.",
    ),
    Rule(
        "receptor.locus_inferred",
        "loci were read from the genes",
        "a column locus",
        "nothing, or fill the column",
        "V, J and C genes name their locus; TRAV genes also rearrange to TRDJ, so J and C decide there.",
    ),
    Rule(
        "receptor.locus_unknown",
        "chains have no locus",
        "a locus or a V or J gene for each chain, that agree with each other",
        "nothing: these chains are kept and take part in no comparison",
        "Without a locus a chain cannot be put in an arm of a receptor.",
    ),
    Rule(
        "modality.partial",
        "fewer than half of the cells are in both modalities",
        "the same cells in gex and airr",
        "check the names of the cells, if you expect more",
        "The rows are the cells with receptors; what only the other modality has is not used.",
    ),
)
"""What is repaired or worth a look, and no refusal."""
