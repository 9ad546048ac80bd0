"""Work that follows: publishing the log, matching, deriving tasks. One process, in this order, again and again."""
