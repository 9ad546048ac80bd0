"""Tests read as promises."""
