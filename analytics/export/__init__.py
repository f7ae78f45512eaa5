"""Answers as tables: rows for CSV files, and data frames for notebooks and Parquet files.

No figure is computed here. It may import answer and domain; pandas is loaded by whoever asks for a frame.
"""
