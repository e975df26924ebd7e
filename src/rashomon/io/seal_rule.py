"""Codes of errors about the seal of a study."""

from __future__ import annotations

from rashomon.truth import Rule

__all__ = ["SEAL_RULES"]

SEAL_RULES = (
    Rule(
        "seal.missing",
        "a study has no seal",
        "a study that was finished",
        "run the study again: it is sealed at its end",
        "Without a manifest nothing says what the files were.",
    ),
    Rule(
        "seal.damaged",
        "a part of the seal, or the spec, was changed",
        "the file as it was written",
        "ask the author for the study",
        "Every byte of the seal counts, so that no change is missed.",
    ),
    Rule(
        "seal.file",
        "something in a study is no file of it",
        "regular files, and links that stay inside",
        "remove the link, or copy the file into the study",
        "What lies outside may change without anybody seeing it.",
    ),
    Rule(
        "seal.signature",
        "a signature does not hold",
        "a statement as it was signed, and the key of the one who signed it",
        "ask the author for the study, or for the public key",
        "A signature says that nobody changed the study since its author signed it.",
    ),
    Rule(
        "seal.data",
        "the data of a study are not there",
        "the file that the study was made from",
        "give its path with --data",
        "Runs can only be computed again from the data.",
    ),
    Rule(
        "sign.exists",
        "a key would be replaced",
        "a path where nothing stands",
        "choose another name, or move the old key away",
        "A key that is replaced is lost.",
    ),
    Rule(
        "sign.extra",
        "the library that signs is not installed",
        "the extra sign",
        'pip install "rashomon[sign]"',
        "Signing is optional.",
    ),
    Rule(
        "sign.key",
        "a file is no Ed25519 key",
        "a key as rashomon keygen writes it",
        "make one with rashomon keygen",
        "The private key signs, the public one (.pub) verifies.",
    ),
    Rule(
        "sign.place",
        "the private key lies in the study",
        "a place that nobody else reads",
        "move the key out of the study",
        "Who has the key can sign anything.",
    ),
)
