"""Pure values and functions: text in, values out; no files, network, clock or environment."""
