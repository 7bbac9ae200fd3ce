"""MCP tools over the same services as the REST routes."""
