"""The relational store: the only place with SQL."""
