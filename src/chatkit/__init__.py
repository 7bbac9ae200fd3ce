"""The ChatKit protocol over the same conversations."""
