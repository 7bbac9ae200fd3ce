"""Personal access tokens: long-lived, revocable keys for scripts and MCP clients."""
