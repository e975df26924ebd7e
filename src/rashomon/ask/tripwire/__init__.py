"""Warnings that need no run: what a look at data and labels shows."""
