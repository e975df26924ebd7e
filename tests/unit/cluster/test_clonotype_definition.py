import pytest

from rashomon.cluster.clonotype_definition import CLONOTYPES, parse_definition
from rashomon.core import UsageError


@pytest.mark.parametrize("name", list(CLONOTYPES))
def test_names_are_read_back(name):
    """Every definition of the registry is what its name says when it is parsed."""
    assert parse_definition(name) == CLONOTYPES[name]
    assert CLONOTYPES[name].summary.endswith(".")


def test_the_registry_holds_every_arm():
    """Nine rules in four arms, and two for B cells."""
    assert len(CLONOTYPES) == 9 * 4 + 2
    assert {definition.arm for definition in CLONOTYPES.values()} == {"alpha", "beta", "both", "any"}


def test_other_cutoffs_can_be_written():
    """The text is a grammar, not a list."""
    found = parse_definition(" hamming<=3+J , both ".replace(" ,", ","))
    assert (found.name, found.sequence, found.metric, found.cutoff) == ("hamming<=3+J, both", "aa", "hamming", 3)
    assert (found.same_v, found.same_j, found.arm) == (False, True, "both")


def test_the_rule_of_b_cells_needs_v_j_and_nucleotides():
    """15 % of the places, or a share that the data give."""
    rule = CLONOTYPES["bcr"]
    assert (rule.sequence, rule.metric, rule.cutoff, rule.same_v, rule.same_j) == ("nt", "bcr", 0.15, True, True)
    assert CLONOTYPES["bcr-valley"].cutoff is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("aa+W", "did you mean 'aa"),
        ("aa+J+V", "'aa\\+J\\+V' is no definition"),
        ("levenshtein", "expected: nt, aa, hamming<=D"),
        ("aa, gamma", "known: alpha, any, beta, both"),
        ("bcr+V", "write bcr alone"),
    ],
)
def test_refuses_what_is_no_definition(text, message):
    """The message says how definitions are written and names the nearest."""
    with pytest.raises(UsageError, match=message):
        parse_definition(text)
