"""The form model: pure, no input or output, no web, no Markdown."""
