"""An answer's numbers where no picture can be shown: Slack's own chart and table, and sparklines.

Pure functions. It may import the blocks one level up and analytics' values.
"""
