"""One module for each page: what it asks of the generation, and what its template is given."""
