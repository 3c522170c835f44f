"""Résumés in, structured data out."""
