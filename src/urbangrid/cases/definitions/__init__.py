"""Definitions of processes as data: checked, compared, laid over each other, drawn, simulated, exported."""
