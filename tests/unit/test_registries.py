"""The words that ``rashomon list`` takes."""

from rashomon.core import Registry, resolve
from rashomon.registries import REGISTRIES


def test_every_word_leads_to_records():
    """Each path is a registry with at least one record."""
    for path in REGISTRIES.values():
        found = resolve(path)
        assert isinstance(found, Registry)
        assert len(found) > 0


def test_no_registry_is_listed_twice():
    """One kind of record has one word."""
    assert len(set(REGISTRIES.values())) == len(REGISTRIES)
