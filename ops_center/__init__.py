"""A ward's operations centre: from the dossier in the shared database to the wall, live."""
