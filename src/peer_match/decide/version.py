"""The version of the engine, which every decision carries."""

from __future__ import annotations

__version__ = "0.1.0"
