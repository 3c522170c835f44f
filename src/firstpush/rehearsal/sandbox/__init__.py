"""The sandbox: a replica's file system, network namespace and limits, in which commands run one after the other.

`box.Sandbox` is the host's side; `keeper` is a small process that holds the namespaces and mounts and starts one
bubblewrap per command. Nothing outside can be written, and everything is gone when the keeper ends.
"""
