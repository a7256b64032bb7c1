"""The campaign on a desk: how its indicators stand, where they are heading, which hubs lag."""
