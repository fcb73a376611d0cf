"""A bounded random mix of good and bad requests, with faults, against an instance of its own (deploy/soak)."""
