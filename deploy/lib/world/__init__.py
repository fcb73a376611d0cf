"""Six regions on one machine, with the distances of the world between them: the code behind deploy/world."""
