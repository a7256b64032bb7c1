"""The letters' page: how one looks, what became of those that went out."""
