"""The only way out of a sandbox: a listening socket inside, answered by this process outside.

It serves the package index of this machine's pip and uv configuration (their hosts are read from that configuration and
from pip's own default, none stands in our code) out of a cache, and tunnels TLS to those same hosts.
"""
