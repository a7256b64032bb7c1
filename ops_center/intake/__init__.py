"""ENTRANCE: rows from outside become dossiers."""
