"""What things are: letters, pages, citations, and the shape of the store. Imports nothing of this project."""
