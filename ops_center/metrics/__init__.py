"""MEANING: each number once; measures, metrics, scopes, readings."""
