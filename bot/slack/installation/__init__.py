"""Installation by workspaces: manifest, scopes, OAuth pages, tokens.

No listener here. It may import slack_api, storage's interfaces and domain.
"""
