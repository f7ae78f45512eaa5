"""Calls of Slack's Web API that several packages make, and what each of its errors means.

No block is built and no question read here. It may import domain.
"""
