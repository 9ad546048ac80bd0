"""The ledger: the access log that anyone can verify offline, and the newest heads of fact chains."""
