"""The world: files, the network, the clock, the store."""
