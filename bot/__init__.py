"""Processes: command line, wiring, intake, delivery, and the Bot API simulator."""
