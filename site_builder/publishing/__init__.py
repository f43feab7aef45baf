"""The published site: its build with MkDocs, the Markdown extension, and the files beside the pages."""
