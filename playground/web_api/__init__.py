"""Slack's Web API, response URLs and OAuth as HTTP endpoints, as strict as the original.

No page and no user action here. It may import block_kit, workspace and app_state.
"""
