"""Charts as PNG pictures, drawn from the values in ``analytics.chart``.

The only package that imports matplotlib; no data is read and no figure computed here. It may import chart, domain,
formatting and names.
"""
