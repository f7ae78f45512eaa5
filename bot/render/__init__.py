"""How a Reply looks: Slack's blocks, a terminal's text, JSON and CSV. Pure functions; the platforms' limits live here."""
