"""All other packages use clock, config, crypto and text from here."""
