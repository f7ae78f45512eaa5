"""Charts and tables without images: Slack's native chart and table blocks, and sparklines.

Pure functions. It may import the blocks one level up and analytics' values.
"""
