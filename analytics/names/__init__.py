"""What names mean: families of creators, licenses, tasks, renamed models, and what people type for them.

No snapshot is read here. It may import domain, query and errors.
"""
