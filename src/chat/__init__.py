"""Conversations: stored messages and the turns that answer them."""
