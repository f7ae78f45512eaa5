"""Questions about distributions: ages, concentration, likes against downloads.

One module a question; what several share belongs one level up, which is what these modules may import.
"""
