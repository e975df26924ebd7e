from rashomon.core import slots


def test_columns_carry_the_prefix():
    """Every column of ours is told by its prefix, which the user may change."""
    assert slots.column("stability") == "rashomon_stability"
    assert slots.column("stability", key_added="leiden_audit") == "leiden_audit_stability"


def test_reserved_words_are_folded():
    """Comparison is by case-folded text, so the words must be stored that way."""
    assert {word.casefold() for word in slots.RESERVED_LABELS} == slots.RESERVED_LABELS


def test_all_lists_every_name():
    """The list of public names is complete."""
    public = {name for name in vars(slots) if name[0] != "_" and name != "annotations"}
    assert public == set(slots.__all__)
