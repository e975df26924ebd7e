"""Codes of errors about study files: how they are read, and where their results may go."""

from __future__ import annotations

from rashomon.truth import Rule

__all__ = ["SPEC_RULES"]

SPEC_RULES = (
    Rule(
        "spec.file",
        "a study file cannot be opened",
        "an existing YAML file",
        "check the spelling of the path, or write a study file with rashomon init",
        "A study is one file that says what is run; without it there is nothing to run or to compare with.",
    ),
    Rule(
        "spec.content",
        "a study file says what cannot be",
        "YAML 1.2 without tags, anchors, aliases, tabs or repeated keys, with known keys, names and values",
        "change the lines that the message names",
        "Words are taken as YAML 1.2 has them: no and on are texts, 010 and 12:30 are no numbers. Names are looked up"
        " in the registries that rashomon list shows, nothing is converted, and a setting without effect is an error."
        " All errors are said at once, each with line and column.",
    ),
    Rule(
        "spec.version",
        "a study file has a newer format than this version reads",
        "the number of the format that the message names, at the key rashomon",
        "install a newer rashomon",
        "A newer format may mean other things by the same words, so that nothing else of the file is judged.",
    ),
    Rule(
        "spec.output",
        "a study or its file would be written where it must not be",
        "a new folder of its own below that of the study file, or a new file ending in .yaml",
        "choose another name with -o",
        "What a study reads is never written over, and a file that came from somebody else cannot send results to other"
        " folders of this machine.",
    ),
)
"""Rules of study files, which lie above the door: the texts are here, so that one list explains every code."""
