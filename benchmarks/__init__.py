"""What the program costs, measured at a million dossiers: `make bench`, `make soak`."""
