"""The board: what stands where, what is stalled, what falls due, who was not told; each number with its list.

Today is counted by the database; a past day is folded from the events. A reader's ``scope`` holds the units whose cases
they may see, and is applied before anything is counted.
"""
