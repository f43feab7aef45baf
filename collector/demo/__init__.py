"""A made-up clinic with eight weeks of made-up answers, the same on every machine."""
