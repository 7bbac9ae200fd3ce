"""Recurrence rules and the dates they give: pure, no I/O, no clock."""
