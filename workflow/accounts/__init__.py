"""Accounts say who signs in, from where, and who looked at what.

Whether they may is asked elsewhere.

Nothing of it is in the history, which is about cases; `verify` has nothing to say to it. No password, token
or link stands anywhere in clear, nor does an address from which somebody came.
"""
