"""Safe retries: a POST with an `Idempotency-Key` runs once and answers the same again."""
