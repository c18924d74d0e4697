"""Organisations as tables: workbooks, CSV and Parquet files read into facts, and facts written as tables again."""
