"""Renderers of a `Rehearsal`: values in, text out. `text` also renders single results, for the timeline."""
