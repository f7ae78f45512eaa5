"""How a Reply and its picture reach a conversation: the first way that works, and never nothing."""
