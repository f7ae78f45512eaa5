"""One module for each kind of chart.

What several kinds share (axes, labels, the frame) belongs one level up, which is what these modules may import, beside chart
and domain.
"""
