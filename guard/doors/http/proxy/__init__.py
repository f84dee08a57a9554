"""The OpenAI-compatible proxy: chat completions of any upstream, guarded, whole or streamed."""
