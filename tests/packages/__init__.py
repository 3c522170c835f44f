"""Requirement files and names."""
