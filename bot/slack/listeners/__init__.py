"""One module for each way into the bot: command, mention, actions, modals, App Home, links, workflow step.

A listener reads the payload, acknowledges, and hands on a typed value; it may import slack one level up and what that may
import.
"""
