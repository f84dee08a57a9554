"""The regurgitation suite: asks a model for protected text, and measures what came back."""
