"""RULES: what the law and the ward decide; standard library only, time is an argument."""
