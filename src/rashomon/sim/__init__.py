"""Worlds: structural causal models that generate data in which every truth is known."""

from __future__ import annotations
