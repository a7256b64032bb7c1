"""Every command: parse, call a room, print. Rooms are imported when their command runs, so that
each command starts as quickly as it can."""

from ops_center.cli import campaign, evaluation, everyday, letter
from ops_center.cli.base import commands

PARTS = (everyday, campaign, evaluation, letter)
"""Where the commands stand."""

__all__ = ["PARTS", "commands"]
