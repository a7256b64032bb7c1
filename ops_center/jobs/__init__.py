"""TIME: what happens by itself; the only room that knows APScheduler."""
