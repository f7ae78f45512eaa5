"""What names mean: families of creators, renamed models, licenses and tasks, and what people type for them."""
