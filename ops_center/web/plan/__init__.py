"""The parts of /plan: what is asked, the road map's table, people, one item, the export."""
