"""What users do in a workspace, and what follows from it.

No HTML here. It may import payloads, socket_mode, web_api and block_kit.
"""
