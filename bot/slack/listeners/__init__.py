"""Bolt listeners, one module per entry point: command, mention, actions, modals, App Home, links, workflow step.

A listener reads the payload, acknowledges, and passes on typed values. It may import the slack package and what that may import.
"""
