"""The evaluation's commands: inputs come in, a period is computed and closed."""
