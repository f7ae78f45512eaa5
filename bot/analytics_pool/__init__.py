"""The processes that answer questions and draw charts, and what starts, watches and replaces them. Knows nothing of Slack."""
