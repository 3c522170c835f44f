"""`firstpush doctor`: this machine's own Pythons, told like a deployment's. `examine()` is the entry."""
