"""The demo's world: an invented ward whose dossiers enter by the same door as everyone's."""
