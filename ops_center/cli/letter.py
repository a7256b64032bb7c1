"""The letter's commands: who gets it, how it looks, what became of it."""
