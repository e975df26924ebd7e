"""Pages made from the registries and the measured results, so that no list and no number is typed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rashomon_docs.directive import FromRegistry, measured_role
from rashomon_docs.docstring import restore, rewrite
from rashomon_docs.generate import generate

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive ``from-registry``, the role ``measured`` and the making of pages.

    Parameters
    ----------
    app
        The application.
    """
    app.setup_extension("sphinx.ext.autodoc")
    app.add_directive("from-registry", FromRegistry)
    app.add_role("measured", measured_role)
    app.connect("config-inited", generate)
    # before the sections are read, which happens at 500
    app.connect("autodoc-process-docstring", rewrite, priority=100)
    app.connect("autodoc-process-docstring", restore, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
