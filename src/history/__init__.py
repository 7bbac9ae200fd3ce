"""The change log every write goes through."""
