"""What stands in the place of a personal value, and which values are no leak at all."""
