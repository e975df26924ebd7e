"""F09, F11: a changed byte in an artefact or in the ledger is found, or it can be shown that nothing depends on it."""

import os
from collections import Counter

import numpy as np
import pytest

from rashomon.core import StoreError, digest_slots
from rashomon.engine import DirectoryStore
from rashomon.engine.ledger import LEDGER, Ledger
from rashomon.engine.ledger_store import LedgerStore
from tests.fault.study import run_study

FULL = os.environ.get("RASHOMON_FAULTS") == "full"
N_FLIPS = 500 if FULL else 100
SEED = 20260102


def flip(content, rng):
    """The content with one byte changed, and where."""
    changed = bytearray(content)
    position = int(rng.integers(len(content)))
    changed[position] ^= int(rng.integers(1, 256))
    return bytes(changed), position


def values(store, file):
    """The values of a record by their digest; None when it is not given out."""
    found = store.get(file.stem, [])
    return None if found is None else (digest_slots(found.slots), found.seconds, found.status, found.reason)


def flip_artefacts(folder, rng, counts, n):
    """Change a byte of an artefact, `n` times; look with and without the ledger."""
    with LedgerStore.open(folder, command="flips", spec_digest="") as store:
        alone = DirectoryStore(store.path)
        files = sorted(store.path.glob("??/*.parquet"))
        files = [file for file in files if values(store, file) is not None]
        for _ in range(n):
            file = files[int(rng.integers(len(files)))]
            content, before = file.read_bytes(), values(alone, file)
            changed, position = flip(content, rng)
            file.write_bytes(changed)
            found = values(alone, file)
            assert found in {None, before}, f"{file.name} at {position}"
            counts["artefact, found by the file alone" if found is None else "artefact, harmless to its values"] += 1
            file.write_bytes(changed)
            assert values(store, file) is None, f"{file.name} at {position}"
            counts["artefact, found by the store"] += 1
            file.write_bytes(content)
            store._due.clear()
            assert values(store, file) == before


def flip_ledger(folder, rng, counts, n):
    """Change a byte of the ledger, `n` times."""
    content, copy = (folder / LEDGER).read_bytes(), folder / "flipped.sqlite"
    with Ledger(folder / LEDGER, readonly=True) as ledger:
        rows = list(ledger.dump())
    for _ in range(n):
        changed, position = flip(content, rng)
        copy.write_bytes(changed)
        try:
            with Ledger(copy, readonly=True) as ledger:
                ledger.check()
                same = list(ledger.dump()) == rows
        except StoreError as error:
            counts[f"ledger, refused with {error.code}"] += 1
        else:
            assert same, f"ledger at {position}"
            counts["ledger, harmless: every row reads as before"] += 1


@pytest.mark.fault
def test_f09_f11_random_byte_flips(tmp_path, record):
    """F09, F11: half of the flips in artefacts, half in the ledger; none goes unnoticed with an effect.

    In an artefact: detected when the store does not give the record out. Counted apart: what the file alone tells,
    without the ledger, where a flip that is not noticed must leave every value as it was. In the ledger: detected when
    it is refused; else every row of every table must read as before (the dump is equal), which is the proof.
    """
    run_study(tmp_path, 40)
    rng, counts = np.random.default_rng(SEED), Counter()
    flip_artefacts(tmp_path, rng, counts, N_FLIPS // 2)
    flip_ledger(tmp_path, rng, counts, N_FLIPS - N_FLIPS // 2)
    assert counts["artefact, found by the store"] == N_FLIPS // 2
    assert {name for name in counts if "refused" in name} <= {
        "ledger, refused with store.ledger",
        "ledger, refused with store.write",
    }
    record(
        "faults_flip",
        claim="a changed byte in an artefact or the ledger is detected, or no value that is read depends on it",
        seed=SEED,
        figures={"flips": N_FLIPS, "unnoticed_with_effect": 0, **dict(sorted(counts.items()))},
    )
