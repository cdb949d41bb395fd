"""Configurations through time, in two forms: what people read, and what restores a device.

    archive/
      readable.git/     bare git repository: <device>/running.cfg, startup.cfg, record.json   no secret in it
      sealed/<aa>/      <sha256 of the file>.age: the exact bytes, gzip inside age            only holders open it
      tip               the last commit made, so that a lost history is noticed
      lock              held while a commit is made

A record lists the sealed files of its version by name, so pruning sealed files rewrites no history.
"""
