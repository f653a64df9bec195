"""Faults that `./dev soak` draws from; each says which guarantee of docs/delivery.md it tries."""
