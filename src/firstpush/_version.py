"""The version, readable without importing package metadata (which costs more than the whole start-up)."""

__version__ = "0.1.0"
