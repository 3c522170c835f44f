"""What Vercel calls when no framework preset is set: the same application."""

from main import app

__all__ = ["app"]
