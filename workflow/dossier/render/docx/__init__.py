"""A paper in Word, part by part."""
