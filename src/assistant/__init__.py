"""The agent: instructions, providers, the built-in local model and its way to the tools."""
