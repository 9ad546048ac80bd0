"""What only the gate may read: outlines, sealed fields, labels, facts and blind indexes."""
