"""The ground floor: the field's words as values. Standard library only; no clock, no input or output."""
