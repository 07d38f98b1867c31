"""Pages about the ground: the tree with its map, an area, a building."""
