"""Questions that rank: licenses, creators, tasks and the like, and one name or model of a ranking.

One module a question; what several share belongs one level up, which is what these modules may import.
"""
