"""Shared frozen values: spans, origins, plans, machines, outcomes, causes, diagnostics, fixes."""
