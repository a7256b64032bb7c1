"""Letters: a reading and a language become a message, or say why they do not."""
