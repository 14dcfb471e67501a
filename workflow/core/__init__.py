"""What every other room stands on: clock, config, crypto, text."""
