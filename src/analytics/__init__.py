"""How it goes: figures and pictures of what was done, read from the change log and never written."""
