"""How numbers, dates, names and lists read in a sentence.

No data is read and no figure computed here. It may import names and domain.
"""
