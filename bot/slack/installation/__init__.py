"""How a workspace installs the app: manifest, scopes, OAuth pages, tokens.

No listener here. It may import slack_api, storage's interfaces and domain.
"""
