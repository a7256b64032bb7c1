"""The parts of the page /explore, each built once and then given what a view shows."""
