"""The web page: messages, modals and the App Home as HTML.

It may import user_actions, web_api and block_kit.
"""
