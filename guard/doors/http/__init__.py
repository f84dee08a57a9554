"""The sidecar: the guard over HTTP, and an OpenAI-compatible proxy in front of any upstream."""
