"""The seal of a study: what its files were, what made them, who signed, and whether all that still holds."""

from __future__ import annotations

from rashomon.study.seal.key import KeyPair, keygen
from rashomon.study.seal.manifest import Manifest, make_manifest
from rashomon.study.seal.mark import MarkFinding, verify_file
from rashomon.study.seal.origin import Origin
from rashomon.study.seal.provenance import PROVENANCE_COLUMNS, provenance_rows
from rashomon.study.seal.seal import seal
from rashomon.study.seal.signature import sign, verify_signature
from rashomon.study.seal.verification import Check, Verification
from rashomon.study.seal.verify import verify

__all__ = [
    "PROVENANCE_COLUMNS",
    "Check",
    "KeyPair",
    "Manifest",
    "MarkFinding",
    "Origin",
    "Verification",
    "keygen",
    "make_manifest",
    "provenance_rows",
    "seal",
    "sign",
    "verify",
    "verify_file",
    "verify_signature",
]
