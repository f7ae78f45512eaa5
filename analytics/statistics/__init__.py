"""The statistics: rankings, shifts and their attribution, concentration, forecasts, data quality.

Pure functions of rankings and models: no I/O, no SQL, no sentences beyond a finding. It may import formatting, names and
domain.
"""
