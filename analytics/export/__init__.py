"""Answers as JSON with its schemas, and as tables: rows for CSV files, data frames for notebooks and Parquet files.

No figure is computed here. It may import answer, chart and domain; pandas and pydantic are loaded only for frames and schemas.
"""
