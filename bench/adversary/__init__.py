"""Faults that `./dev soak` draws from; each says which promise of docs/delivery.md it tries."""
