"""Organisations in Excel, CSV and Parquet: the template, reading with the place of every cell, and writing back."""
