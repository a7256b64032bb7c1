"""A digital team's day, typed into a browser: what it did of each topic."""
