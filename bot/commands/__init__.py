"""The chores: what the bot does besides answering questions."""
