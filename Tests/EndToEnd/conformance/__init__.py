"""The numbered pairs of the reference's §17: what is asked, and what has to come back."""
