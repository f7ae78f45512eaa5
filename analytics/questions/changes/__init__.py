"""Questions about change: comparisons, movers, entries, forecasts.

One module a question; what several share belongs one level up, which is what these modules may import.
"""
