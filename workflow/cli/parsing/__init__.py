"""This package parses command lines into arguments."""
