"""What stands between data and page: invisible characters shown, paths of this machine removed."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup

from rashomon.pl import visible

__all__ = ["finalize", "pathless"]

_PATH = re.compile(r"""(?:(?<![\w.<+-])/|\b[A-Za-z]:\\|\\\\)(?:[^\s/\\:'"<>|]+[/\\])+([^\s/\\:'"<>|]*)""")
"""An absolute path with at least one folder; a lone slash between words (CD4+/CD8+) is none."""


def finalize(value: Any) -> Any:
    """Return what the template prints for `value`, before it is escaped; only our own markup passes unchanged."""
    return value if isinstance(value, Markup) else visible(value)


def pathless(text: object) -> str:
    """Return `text` with every absolute path cut to its last part: a report is sent to other people.

    Examples
    --------
    >>> pathless("cannot read /home/ada/secret/pbmc.h5ad: no such file")
    'cannot read …/pbmc.h5ad: no such file'
    >>> pathless("CD4+/CD8+ T")
    'CD4+/CD8+ T'
    """
    return _PATH.sub(lambda match: f"…/{match.group(1)}", str(text))
