"""What each platform's files and API look like. Knows no models: bytes in, plain records out."""
