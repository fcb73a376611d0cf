"""The cases, by what they abuse."""
