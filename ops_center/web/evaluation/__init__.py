"""/evaluation: how the ward, its hubs and its officials are scored, and what opens each number."""
