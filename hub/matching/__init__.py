"""Matching people across senders: pure functions, no plain identifier leaves them but to be blinded."""
