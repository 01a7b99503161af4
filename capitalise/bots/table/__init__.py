"""The bot `table`: one wikitable of a page and a sheet, kept in step row by row and cell by cell."""
