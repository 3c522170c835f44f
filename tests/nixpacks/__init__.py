"""Nixpacks' plan: merge, providers, file, variables, machine."""
