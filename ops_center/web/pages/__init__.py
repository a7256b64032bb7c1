"""One file per page; pages do not know one another."""
