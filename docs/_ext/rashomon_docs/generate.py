"""The pages that are made before Sphinx looks for its sources: tutorials, worlds, commands, codes, the interface."""

from __future__ import annotations

import shutil
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashomon_docs.execution import forget_other_versions, package_digest, tutorial_notebook

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["generate"]

_FACES = {
    "rashomon": "What `import rashomon as rs` offers; the rooms below hang on it.",
    "rashomon.tl": "Tools on AnnData objects and files.",
    "rashomon.pp": "Encodings that are written into an AnnData.",
    "rashomon.pl": "Plots from tables; each answers one question.",
    "rashomon.get": "Tables out of an audited AnnData.",
    "rashomon.io": "Files in and out, and every check of what enters.",
    "rashomon.sim": "Worlds in which every truth is known.",
    "rashomon.score": "Scores of labels, each described by a record.",
    "rashomon.truth": "Label definitions: declared, derived, compared.",
    "rashomon.datasets": "Small real data sets that come with the package.",
    "rashomon.report": "Reports, figures and the methods paragraph.",
}

_ENTRIES: set[str] = set()
"""Dotted names with a page of their own, written by autosummary."""

_ABOUT = """# Interface

`import rashomon as rs`. Functions take the subject first and everything else by keyword; errors say what is wrong,
where, what was expected, and one fix. Types stand in the signature, meaning, shape, unit and range below it.
"""


def generate(app: Sphinx, config: Any) -> None:
    """Write every generated page into ``docs/generated``; files that did not change keep their date.

    Parameters
    ----------
    app, config
        As Sphinx passes them.
    """
    del config
    source = Path(app.srcdir)
    root, target = source.parent, source / "generated"
    forget_other_versions(root)
    wanted: dict[Path, str] = {}
    for page in sorted((root / "tutorials").glob("[0-9]*.py")):
        wanted[target / "tutorials" / f"{page.stem}.ipynb"] = tutorial_notebook(page, root=root)
    wanted.update(_lists(target))
    wanted.update(_interface(target))
    wanted.update(_worlds(target, package_digest(root)))
    for path, text in wanted.items():
        _write(path, text)
    # pages of what is gone; figures stay beside the page that names them
    stubs = {target / "stubs" / f"{name}.rst" for name in _ENTRIES}
    for path in [*target.rglob("*.md"), *target.rglob("*.ipynb"), *target.rglob("*.rst")]:
        if path not in wanted and path not in stubs:
            path.unlink()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _lists(target: Path) -> dict[Path, str]:
    from rashomon_docs.command import command_page
    from rashomon_docs.listing import code_page

    return {target / "command_line.md": command_page(), target / "error_codes.md": code_page()}


def _interface(target: Path) -> dict[Path, str]:
    pages: dict[Path, str] = {}
    seen: set[type] = set()
    for name, about in _FACES.items():
        # a room that is not there yet has no page
        if find_spec(name) is None:
            continue
        module = import_module(name)
        short = name.replace("rashomon", "rs")
        own = [each for each in sorted(module.__all__, key=str.lower) if not _is_room(name, each)]
        # a class has one home in the index
        again = [each for each in own if isinstance(getattr(module, each), type) and getattr(module, each) in seen]
        seen |= {value for each in own if isinstance(value := getattr(module, each), type)}
        entries = [f"   {name}.{each}" for each in own if each not in again]
        _ENTRIES.update(entry.strip() for entry in entries)
        also = [f"Also here: {', '.join(f'``{each}``' for each in again)}.", ""] if again else []
        title = f"{short}\n{'=' * len(short)}"
        listed = [".. autosummary::", "   :toctree: stubs", "   :nosignatures:", "", *entries] if entries else []
        pages[target / f"api_{name.rpartition('.')[2]}.rst"] = "\n".join([title, "", about, "", *listed, "", *also])
    listed = "\n".join(path.stem for path in pages)
    pages[target / "interface.md"] = f"{_ABOUT}\n```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"
    return pages


def _is_room(module: str, name: str) -> bool:
    return module == "rashomon" and find_spec(f"{module}.{name}") is not None and name != "audit"


def _worlds(target: Path, digest: str) -> dict[Path, str]:
    from rashomon.sim import WORLDS
    from rashomon_docs.world import draw_graph, world_page

    folder, kept = target / "worlds", target / "worlds" / "drawn.txt"
    if not kept.is_file() or kept.read_text(encoding="utf-8") != digest:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for entry in WORLDS.values():
            draw_graph(entry, folder / f"{entry.name}.svg")
        kept.write_text(digest, encoding="utf-8")
    return {folder / f"{entry.name}.md": world_page(entry) for entry in WORLDS.values()}
