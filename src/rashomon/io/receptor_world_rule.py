"""Codes of errors about worlds of receptors: recombination, selection, motifs, epitopes, HLA."""

from __future__ import annotations

from rashomon.truth import Rule

__all__ = ["RECEPTOR_WORLD_RULES"]

_COLUMNS = "Receptors are columns of equal length; a shift of one would give a receptor another's genes, unseen."

RECEPTOR_WORLD_RULES = (
    Rule(
        "world.parts",
        "a world is asked for what it does not generate",
        "expression, receptors, or both",
        "name the parts of the world, or write another kind of file",
        "A world generates counts, chains of receptors, or both of the same cells. An AIRR table holds receptors only.",
    ),
    Rule(
        "vdj.model",
        "there is no recombination model",
        "human or mouse, and one of TRA, TRB, IGH, IGK, IGL",
        "choose one of the pairs that the message lists",
        "The models are those that olga brings: probabilities of genes, deletions and insertions, inferred from"
        " receptors that were never selected.",
    ),
    Rule(
        "vdj.olga",
        "the recombination models are not installed",
        "the package olga",
        "pip install olga",
        "The models are read from that package when they are needed; they are not part of this one.",
    ),
    Rule(
        "vdj.file",
        "a recombination model is damaged",
        "files as olga brings them",
        "install olga again",
        "A table with gaps would generate receptors of another law than the model says.",
    ),
    Rule(
        "vdj.units", "receptors are numbered wrongly", "whole numbers, 0 or more", "use np.arange(n)",
        "The number of a receptor is the address of its random numbers.",
    ),
    Rule(
        "vdj.codes", "genes are named by codes that the model does not have", "positions in its lists; -1: any",
        "look the genes up in v_names or v_genes of the model", "A wrong code would be another gene, unseen.",
    ),
    Rule(
        "vdj.impossible",
        "a chain is asked for that the model never makes",
        "genes that it knows, functional ones where chains must be productive",
        "ask for other genes, or leave one of them free",
        "Looking for it would never end.",
    ),
    Rule(
        "vdj.attempts",
        "no productive chain was found",
        "genes of which one event in thousands is productive",
        "ask for other genes, or for productive=False",
        "The search stops after a fixed number of events, so that it always ends.",
    ),
    Rule(
        "vdj.pgen",
        "the probability of generation is asked of too many junctions",
        "as many different junctions as the message says",
        "take a sample, or raise n_most",
        "It takes up to half a second for one junction, summed over all events that make it; a sample of thousands says"
        " what is to be said about a repertoire.",
    ),
    Rule(
        "selection.locus",
        "no selection was learned for a locus",
        "one of those that the message lists",
        "generate without selection, or fit one with fit_selection",
        "Selection is learned from unselected blood of people; what was learned for one locus says nothing of another.",
    ),
    Rule(
        "selection.model", "a selection and a recombination model do not belong together",
        "a selection fitted on this model", "use the selection of the same species and locus",
        "It weighs what that model generates; with another the weights mean nothing.",
    ),
    Rule(
        "selection.empty", "no receptor can be used for a fit of selection", "productive chains of the locus",
        "look at the calls of V and J, and at the junctions",
        "Receptors that generation cannot make say nothing about how often it is followed.",
    ),
    Rule(
        "selection.fit", "a fit of selection is asked for wrongly", "positive numbers", "use the defaults",
        "The penalty keeps weights of rare features small; without generated chains there is nothing to weigh.",
    ),
    Rule(
        "selection.convergence", "a fit of selection did not converge", "a slope near 0", "use a larger penalty",
        "Weights that are still moving depend on where the search was stopped.",
    ),
    Rule(
        "selection.bound",
        "a fitted selection is carried by a few receptors",
        "weights below the bound that the message states",
        "look for wrong calls of V and J, or use a larger penalty",
        "Receptors that generation hardly makes, mostly wrong calls, would decide the whole fit.",
    ),
    Rule(
        "selection.table", "a table of selection cannot be read", "a table as selection_text writes it",
        "write it again", "Every number of a selection counts.",
    ),
    Rule(
        "selection.candidates",
        "no candidate passed selection",
        "genes of which selection lets one chain in some hundred pass",
        "ask for other genes, or allow more candidates",
        "The search stops after a fixed number of candidates, so that it always ends.",
    ),
    *(
        Rule(f"selection.{name}", what, expected, fix, _COLUMNS)
        for name, what, expected, fix in (
            ("gene", "genes are given wrongly", "names of genes, or codes of the selection", "give the calls as text"),
            ("junction", "junctions are given wrongly", "an array of bytes", "use np.array(junctions, dtype=bytes)"),
            ("length", "columns of receptors differ in length", "one junction, V and J each", "give equal columns"),
            ("codes", "codes of genes are given wrongly", "one whole number per receptor", "use -1 where it is free"),
            ("units", "receptors are numbered wrongly", "whole numbers in [0, 2**43)", "use np.arange(n)"),
        )
    ),
    Rule(
        "motif.seed",
        "a motif is written wrongly",
        "residues (SYGT), . for any, [ST] for one of several, one / where a gap opens",
        "write for example SYG/T with gap=(0, 2)",
        "Motifs are read strictly: a letter that is no amino acid would never be found.",
    ),
    Rule(
        "motif.pwm", "a weight matrix is no motif", "probabilities by place, and a score that can be reached",
        "normalise the rows, or lower min_score", "What no sequence can reach would be planted nowhere.",
    ),
    Rule(
        "motif.mismatches", "the mismatches of a motif are given wrongly", "probabilities of 0, 1, 2 ... that sum to 1",
        "use (1.0,) for none", "More mismatches than residues, or shares that do not add up, cannot be drawn.",
    ),
    Rule(
        "motif.window", "the window of a motif is given wrongly", "residues left out at each end, 0 or more",
        "use (3, 3)", "The ends of a junction are made by the V and J genes; what is planted there is no signal.",
    ),
    Rule(
        "motif.genes", "a motif is bound to genes, and none are given", "calls of V and J", "give them",
        "Whether a receptor carries such a motif depends on its genes.",
    ),
    Rule(
        "motif.random",
        "motifs cannot be that many and that short",
        "motifs that differ at three places each",
        "ask for longer motifs, or for fewer",
        "Motifs within two mismatches of each other would be one and the same signal.",
    ),
    Rule(
        "motif.bias", "a bias towards genes cannot be drawn", "genes of the model, with a strength in (0, 1]",
        "name genes that are generated", "A preference for a gene that never occurs would be no preference.",
    ),
    Rule(
        "motif.background", "a feasibility report has no background", "some thousand generated receptors of each chain",
        "give a background for the chain that the message names",
        "How often a motif occurs by itself can only be counted among receptors without signal.",
    ),
    Rule(
        "motif.repertoires", "donors and clones of a feasibility report are given wrongly",
        "donors, clones, a share of binders, and no more carriers than donors", "change what the message names",
        "Expected counts follow from these numbers.",
    ),
    *(
        Rule(f"motif.{name}", what, expected, fix, why)
        for name, what, expected, fix, why in (
            ("entangle", "shares cannot be entangled", "a strength in [0, 1] and shares that sum to 1",
             "normalise the shares", "Both margins are kept at every strength."),
            ("implant", "receptors to be changed are given wrongly", "equal columns, ends of 0 residues or more",
             "give one instance per receptor", _COLUMNS),
            ("pick", "carriers of a motif are asked for wrongly", "at least one, among at least one",
             "give positive numbers", "The search is bounded, so that it always ends."),
            ("shift", "receptors before and after a change differ in number", "the same receptors",
             "give both columns of the same receptors", _COLUMNS),
        )
    ),
    Rule(
        "epitope.arm",
        "an epitope has motifs in other chains than its signal",
        "motifs in the chains of the signal, and in no other",
        "give motifs for alpha, beta or both, as the arm says",
        "A pair needs as many motifs of alpha as of beta: each goes with the one at its place.",
    ),
    Rule(
        "epitope.share", "a share of an epitope is out of range", "orphans 0.5 to 0.99, rates of wrong labels below 1",
        "change the share", "Most receptors that see an epitope carry no motif that can be named, in every data set.",
    ),
    Rule(
        "epitope.assign", "binders and receptors differ in number", "one entry per receptor", "give equal columns",
        _COLUMNS,
    ),
    Rule(
        "hla.name",
        "an HLA allele is not named at two fields",
        "a name such as A*02:01 or DRB1*15:01",
        "give both fields",
        "A*02 leaves open which allele presents, and a class is no allele.",
    ),
)  # fmt: skip
"""Rules of the rooms of receptor worlds, which lie above the door, as `WORLD_RULES`."""
