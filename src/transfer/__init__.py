"""Moving in and out: exports, imports and a private calendar feed."""
