"""Sources of listings: the Hub's API, CSV and Parquet files, dumps of the whole Hub, a simulation.

The only package that imports huggingface_hub and pyarrow for reading; nothing is stored or ranked here. It may import names,
domain and errors.
"""
