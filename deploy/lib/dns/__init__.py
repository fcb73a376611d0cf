"""The code behind deploy/dns: name servers' files made of the regions in a configuration, and a running one asked.

It reads what `apus check --json` prints, and needs nothing but Python."""
