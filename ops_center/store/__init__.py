"""MEMORY: the only room that runs SQL (SQLAlchemy Core)."""
