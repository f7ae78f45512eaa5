"""What the bot sends unasked: whom it owes what, and how each debt is paid once, whatever fails in between."""
