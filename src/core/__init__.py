"""Domain-free ground: settings, clock, database, errors, logging."""
