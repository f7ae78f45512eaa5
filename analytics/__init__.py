"""What the open-model world runs on: snapshots of the Hub, questions about them, answers with a chart.

Knows nothing of Slack. Inner modules are values and pure functions; outer ones add a database, the Hub, matplotlib, pandas.
"""
