"""Pages about incidents: lists, the case, its steps, reporting, the catalogue, supervision."""
