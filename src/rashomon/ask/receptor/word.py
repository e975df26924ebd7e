"""What a cluster of receptors is, in one word: the words, the rule that gives each, and their order."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan, nan

from rashomon.ask.card.word import Word, WordVerdict, first_word
from rashomon.core import Registry

__all__ = ["RECEPTOR_WORDS", "ClusterFacts", "WordLimits", "judge_receptors"]


@dataclass(frozen=True)
class WordLimits:
    """Lines between the words; conventions, shown in the report.

    Parameters
    ----------
    invariant
        Share of the receptors with an invariant chain from which on the cluster is invariant.
    contaminated
        Share of the receptors with a nucleotide twin in another donor of the same batch.
    copies_ratio
        Largest over smallest number of copies from which on twins are very unequal.
    one_donor
        Share of the receptors that one donor holds.
    expanded
        Share of the copies that the largest receptor holds; it has three copies or more.
    largest
        Share of all clustered receptors that one cluster may hold.
    n_chained
        Smaller clusters do not count as the largest one.
    diameter
        Links between the two ends of a cluster, at most.
    density
        Share of the pairs that are linked, at least, in a cluster with ends further apart.
    pure
        Share of the labelled receptors with one label that makes up for a long chain.
    one_gene
        Share of the receptors with one V gene.
    alpha
        False discovery rate of enrichment and of links; level of the other tests.
    explained
        Links over those of the matched background, below which the background explains them.
    """

    invariant: float = 0.5
    contaminated: float = 0.5
    copies_ratio: float = 20.0
    one_donor: float = 0.9
    expanded: float = 0.5
    largest: float = 0.1
    n_chained: int = 20
    diameter: int = 3
    density: float = 0.2
    pure: float = 0.8
    one_gene: float = 0.9
    alpha: float = 0.05
    explained: float = 2.0


@dataclass(frozen=True)
class ClusterFacts:
    """One cluster in numbers; NaN where a number cannot be known.

    Parameters
    ----------
    n
        Receptors.
    n_donors
        Donors they come from; NaN where no donor is declared.
    top_donor, top_donor_share, top_donor_p
        The donor with most of them, its share, and how often a draw of `n` receptors holds so many of that donor's.
    copies, top_copies
        Sum of the copies of all receptors, and the copies of the largest.
    invariant, invariant_share
        Kind of invariant receptor, and share of the receptors that look like one.
    contaminated_share
        Share with the nucleotides of a receptor of another donor of the same batch and very unequal copies.
    clustered_share
        Share of all clustered receptors.
    links, density, diameter
        Pairs within the cutoff; their share of all pairs; links on the longest shortest path.
    top_v, v_share, v_p
        The most common V gene, its share, and how often a draw of `n` receptors holds so many with it.
    label, label_count, n_labelled, label_donors
        The label that is most in excess, receptors with it, receptors with any label, donors of those with it.
    label_expected, label_p, label_q, label_attainable
        Receptors expected with the label by V, J and length alone; p value and false discovery rate of the excess;
        smallest p value that any label could have reached.
    expected_links, links_q
        Links of the matched background, and the false discovery rate of the excess over them.
    clonal
        Whether the clone rule of B cells connects it.
    log10_pgen
        Median log10 of the probability that recombination makes its junctions; NaN where it was not computed.
    beyond_generation
        Whether all receptors together have far more links than generated ones: a shuffled background that has as many
        keeps the motifs of the data, and explains nothing then.
    """

    n: int
    n_donors: float
    top_donor: str
    top_donor_share: float
    top_donor_p: float
    copies: float
    top_copies: float
    invariant: str
    invariant_share: float
    contaminated_share: float
    clustered_share: float
    links: float
    density: float
    diameter: float
    top_v: str
    v_share: float
    v_p: float
    label: str
    label_count: int
    n_labelled: int
    label_donors: float
    label_expected: float
    label_p: float
    label_q: float
    label_attainable: float
    expected_links: float
    links_q: float
    clonal: bool = False
    log10_pgen: float = nan
    beyond_generation: bool = False


def judge_receptors(facts: ClusterFacts, *, limits: WordLimits | None = None) -> WordVerdict:
    """Return the first word whose rule holds, in the order of `RECEPTOR_WORDS`.

    Parameters
    ----------
    facts
        The cluster in numbers.
    limits
        Lines between the words.
    """
    return first_word(RECEPTOR_WORDS.values(), facts, limits=limits)


def _enriched(facts: ClusterFacts, limits: WordLimits) -> bool:
    return facts.label_q <= limits.alpha


def _testable(facts: ClusterFacts, limits: WordLimits) -> bool:
    """Whether the labels could have shown an excess; a test that cannot reject says nothing when it does not."""
    return facts.label_attainable <= limits.alpha


def _invariant(facts: ClusterFacts, limits: WordLimits) -> str | None:
    if not facts.invariant_share >= limits.invariant:
        return None
    return f"({facts.invariant_share:.0%} of the receptors look {facts.invariant})"


def _contaminated(facts: ClusterFacts, limits: WordLimits) -> str | None:
    if not facts.contaminated_share >= limits.contaminated:
        return None
    return f"({facts.contaminated_share:.0%} have the same nucleotides in two donors of one batch, in unequal copies)"


def _expanded(facts: ClusterFacts, limits: WordLimits) -> bool:
    return facts.top_copies >= 3 and facts.top_copies >= limits.expanded * facts.copies


def _of_one_donor(facts: ClusterFacts, limits: WordLimits) -> bool:
    """Whether one donor has the cluster, beyond what its share of the receptors gives by chance."""
    return facts.top_donor_share >= limits.one_donor and facts.top_donor_p <= limits.alpha


def _one_donor(facts: ClusterFacts, limits: WordLimits) -> str | None:
    if not facts.top_donor_share >= limits.one_donor or not _expanded(facts, limits):
        return None
    largest = f"the largest has {facts.top_copies:,.0f} of {facts.copies:,.0f} copies"
    return f"({facts.top_donor_share:.0%} of {facts.n} receptors are of {facts.top_donor}; {largest})"


def _family(facts: ClusterFacts, limits: WordLimits) -> str | None:
    del limits
    if not facts.clonal:
        return None
    whose = f" of {facts.top_donor}" if facts.top_donor else ""
    gene = f" with {facts.top_v}" if facts.top_v else ""
    return f"({facts.n} heavy chains{whose}{gene}, of one length, alike in nucleotides)"


def _chained(facts: ClusterFacts, limits: WordLimits) -> str | None:
    pure = _enriched(facts, limits) and facts.label_count >= limits.pure * facts.n_labelled
    long = facts.diameter > limits.diameter
    large = facts.n >= limits.n_chained and facts.clustered_share > limits.largest
    # a tight group may be the largest one; without links nothing is known of its shape
    sparse = long and facts.density < limits.density and not pure
    if not (sparse or (large and (long or isnan(facts.diameter)))):
        return None
    ends = "" if isnan(facts.diameter) else f"; its ends are {facts.diameter:.0f} links apart"
    return f"(holds {facts.clustered_share:.0%} of the clustered receptors{ends})"


def _gene_group(facts: ClusterFacts, limits: WordLimits) -> str | None:
    one_gene = facts.v_share >= limits.one_gene and facts.v_p <= limits.alpha
    if not one_gene or _enriched(facts, limits):
        return None
    gene = f"({facts.v_share:.0%} have {facts.top_v}"
    # neither word is for what is nearly significant
    if _testable(facts, limits) and facts.label_p > limits.alpha:
        return f"{gene}; {facts.label}: {facts.label_count}, {facts.label_expected:.1f} expected by V, J and length)"
    if not _testable(facts, limits) and _explained(facts, limits):
        return f"{gene}; {facts.links:.0f} links, {facts.expected_links:.1f} in the matched background)"
    return None


def _explained(facts: ClusterFacts, limits: WordLimits) -> bool:
    return facts.links_q > limits.alpha and facts.links < limits.explained * facts.expected_links


def _generated(facts: ClusterFacts, limits: WordLimits) -> str | None:
    if not _explained(facts, limits) or facts.n_donors < 2 or _enriched(facts, limits):
        return None
    if _of_one_donor(facts, limits) or facts.beyond_generation:
        return None
    made = "" if isnan(facts.log10_pgen) else f"; Pgen of its junctions about {_power(facts.log10_pgen)}"
    return f"({facts.links:.0f} links, {facts.expected_links:.1f} in the matched background{made})"


def _power(exponent: float) -> str:
    """Return a power of ten, as people read it."""
    return "0" if exponent == -inf else f"1e{exponent:.0f}"


def _same_target(facts: ClusterFacts, limits: WordLimits) -> str | None:
    if not facts.n_donors >= 2 or _of_one_donor(facts, limits):
        return None
    if _enriched(facts, limits) and facts.label_donors >= 2:
        return (
            f"({facts.label}: {facts.label_count} of {facts.n_labelled} labelled, {facts.label_expected:.1f} expected "
            f"by V, J and length; {facts.n_donors:.0f} donors)"
        )
    # labels that could have agreed and do not speak against one target, however many links there are
    if _testable(facts, limits) or not facts.links_q <= limits.alpha:
        return None
    return (
        f"({facts.links:.0f} links, {facts.expected_links:.1f} in the matched background; "
        f"{facts.n_donors:.0f} donors; labels cannot say which target)"
    )


def _untold(facts: ClusterFacts, limits: WordLimits) -> str:
    whose = f"{facts.top_donor_share:.0%} of {facts.n} receptors are of {facts.top_donor}"
    reasons = (
        (isnan(facts.n_donors), "no donor is declared"),
        (_of_one_donor(facts, limits), f"{whose}, more than chance gives, and no clone of it is expanded"),
        (facts.n_donors < 2, "its receptors are of one donor"),
        (_enriched(facts, limits), "the receptors with its label are of one donor"),
        (_testable(facts, limits), "its labels do not agree beyond V, J and length"),
        (
            facts.beyond_generation and not isnan(facts.links_q),
            "no more links than shuffled receptors, but these data have far more than generated ones",
        ),
        (not isnan(facts.links_q), "too few labels, and no more links than the background may have"),
    )
    said = next((reason for holds, reason in reasons if holds), "too few labels, and no background to compare with")
    return f"({said})"


_LIMITS = WordLimits()

RECEPTOR_WORDS: Registry[Word[ClusterFacts, WordLimits]] = Registry(
    "word for receptors",
    [
        Word(
            "invariant (MAIT/iNKT)",
            "receptors of cells that see no peptide, and are alike in everybody",
            "{invariant:.0%} of the receptors or more have the V, J and length of a MAIT or iNKT cell",
            "set it aside before looking for shared peptides",
            _invariant,
            _LIMITS,
        ),
        Word(
            "likely contamination",
            "one clone that leaked between the donors of a batch",
            "{contaminated:.0%} of the receptors or more share their nucleotides with another donor of the same batch, "
            "one of the two with {copies_ratio:g} times the copies",
            "compare barcodes and lanes of the two donors, and remove the smaller copy",
            _contaminated,
            _LIMITS,
        ),
        Word(
            "one donor's expanded clone",
            "receptors of one person around one that has multiplied; it says nothing about others",
            "one donor has {one_donor:.0%} of the receptors or more, and the largest receptor holds {expanded:.0%} of "
            "the copies of the cluster, three or more",
            "report it as that donor's, and look for it in other donors",
            _one_donor,
            _LIMITS,
        ),
        Word(
            "clonal family",
            "heavy chains of one donor that mutated from one; it says nothing about other people",
            "the clone rule for heavy chains connects it: one donor, V, J and length, and a small share of the "
            "nucleotides of the junction differs",
            "look at its mutations and isotypes, and compare families between donors, not their members",
            _family,
            _LIMITS,
        ),
        Word(
            "chained (cut finer)",
            "unlike receptors joined by a chain of links, each short",
            "its ends are more than {diameter} links apart, and it holds more than {largest:.0%} of the clustered "
            "receptors (and {n_chained} or more) or is sparse: fewer than {density:.0%} of its pairs are linked, and "
            "less than {pure:.0%} of its labels are one that is enriched",
            "use a smaller cutoff, or a clusterer that cuts chains (Leiden, MCL)",
            _chained,
            _LIMITS,
        ),
        Word(
            "V-gene group",
            "receptors with one V gene, and no sign of a shared target beyond it",
            "{one_gene:.0%} of the receptors or more have one V gene, more than in the data (p up to {alpha:g}), and "
            "labels are not enriched beyond V, J and length (p above {alpha:g}; where labels cannot tell: less than "
            "{explained:g} times the links of the matched background)",
            "do not read a target into it; compare within the V gene",
            _gene_group,
            _LIMITS,
        ),
        Word(
            "shared by generation (high Pgen)",
            "receptors that recombination makes often, so that many people have them",
            "two donors or more, no more links than the matched background (false discovery rate above {alpha:g}, less "
            "than {explained:g} times as many), no label enriched, not {one_donor:.0%} of one donor beyond chance; not "
            "where all receptors together have far more links than generated ones",
            "leave it out when looking for antigen-driven groups",
            _generated,
            _LIMITS,
        ),
        Word(
            "same-target candidate (beyond V/J, two donors or more)",
            "receptors of several people that may bind the same; a candidate, not a proof",
            "two donors or more, of which none has {one_donor:.0%} of the receptors beyond chance, and a label "
            "enriched beyond V, J and length in two donors or more (false discovery rate up to {alpha:g}); where "
            "labels cannot tell, more links than the matched background",
            "test it: other donors, the other chain, the antigen itself",
            _same_target,
            _LIMITS,
        ),
        Word(
            "cannot tell",
            "too few labels, donors or links",
            "none of the other rules holds",
            "add labels, donors or a matched background before using it",
            _untold,
            _LIMITS,
        ),
    ],
)
"""Every word, in the order in which the rules are tried."""
