"""The published site: MkDocs, the Markdown extension and what stands around them."""
