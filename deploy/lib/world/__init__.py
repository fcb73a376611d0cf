"""Six regions on one machine, with the distances of the world between them: the code behind deploy/world.

Of Tests/EndToEnd it uses `instance` (an installation by its scripts), `http_client`, and for the scenarios `prometheus`
and `peer` (a region's questions, signed or forged). Modules that run as processes in the background: relay, origins,
nodes, load."""
