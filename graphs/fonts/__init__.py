"""The fonts that are drawn with, a licensed subset that ships with the package."""
