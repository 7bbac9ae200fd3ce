"""How a user reads clocks and calendars: zone, first day of the week, order of dates."""
