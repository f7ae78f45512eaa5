"""Forecasts of shares, their calibration, and scores of people's predictions.

Everything is computed from values that are passed in. It may import names, answer and domain.
"""
