"""The campaign's commands: its indicators, reports and plan come in."""
