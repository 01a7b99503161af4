"""Sheets as tables of text, and cells changed in the files people keep.

table      what every sheet is read as
csv_sheet  CSV files: whatever encoding and separator they came in
"""
