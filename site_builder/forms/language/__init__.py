"""The YAML of a form block, read into the model; every mistake carries its place."""
