"""English phrases to dates, rules and quick-add fields: pure, with the spans they came from."""
