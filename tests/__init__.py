"""Tests of rashomon; a package, because airr installs one of the same name that would hide these in other processes."""
