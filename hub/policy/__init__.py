"""The agreement that agencies sign is the policy that runs: text in, values out; no clock, no files, no network."""
