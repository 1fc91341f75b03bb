"""The story, told with the domain and the one port."""
