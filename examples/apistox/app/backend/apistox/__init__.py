"""Honey-bee toxicity of small molecules: features, models, prediction."""
