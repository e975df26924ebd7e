# ruff: noqa: INP001 - Sphinx runs this file; docs is no package
"""Settings of the documentation: everything is built offline, and a warning is an error (`make docs`)."""

import os
import sys
from importlib.metadata import version as installed
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))
# before anything imports matplotlib
os.environ.setdefault("MPLBACKEND", "Agg")

from rashomon_docs.docstring import PROSE  # noqa: E402 - the path is set above
from rashomon_docs.execution import cache_folder  # noqa: E402 - the path is set above

project = "Rashomon"
author = "the Rashomon developers"
project_copyright = "the Rashomon developers"
release = version = installed("rashomon")
language = "en-GB"

extensions = [
    "rashomon_docs",
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinxcontrib.bibtex",
]
exclude_patterns = ["_ext/**", "_static/**", "_templates/**", "**/.ipynb_checkpoints/**"]
templates_path = ["_templates"]
default_role = "code"

# Pages in MyST; cells of pages are run when the page or the package changed, tutorials only as `execution` says.
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_cache_path = str(cache_folder(HERE.parent) / "pages")
nb_execution_excludepatterns = ["generated/tutorials/*"]
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_execution_timeout = 240
nb_merge_streams = True

# The code speaks for itself: numpydoc sections, types from the signature only.
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_custom_sections = [PROSE]
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_typehints = "signature"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88

bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "unsrt"
bibtex_reference_style = "author_year"

html_theme = "sphinx_book_theme"
html_title = "Rashomon"
html_logo = "_static/logo.svg"
html_favicon = "_static/logo.svg"
html_static_path = ["_static"]
html_css_files = ["rashomon.css"]
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "Rashomon"},
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "navigation_with_keys": False,
}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
