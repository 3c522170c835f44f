"""The replica: layers of files that together look like the platform's machine, and where they differ from it.

`build.build(plan, …)` gives a `Replica`: folders to be stacked as overlay lowers, names of the host's /usr to hide, and
the differences that the verdict has to name. Interpreters are relocated copies of CPythons that are on this machine.
"""
