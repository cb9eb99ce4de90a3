"""What the service shows over HTTP: the intake, the API and the server under both. Knows nothing of the other edges."""
