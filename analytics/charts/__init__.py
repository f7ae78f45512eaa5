"""Charts as PNG pictures, drawn from the values in ``analytics.answer``.

The only package that imports matplotlib; no data is read and no figure computed here. It may import answer, domain,
formatting and names.
"""
