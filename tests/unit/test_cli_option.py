"""Options that several commands share."""

from typing import get_args

import pytest
from typer.models import OptionInfo

from rashomon import cli_option


@pytest.mark.parametrize("name", [name for name in cli_option.__all__ if name != "File"])
def test_every_option_says_what_it_is_for(name):
    """An option without help is one that nobody can use."""
    _, option = get_args(getattr(cli_option, name))
    assert isinstance(option, OptionInfo)
    assert option.help
