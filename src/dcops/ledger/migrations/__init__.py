"""The history of the ledger's tables, one file per step, applied by `dcops.ledger.schema`.

A new step is a file `versions/mNNNN_topic.py` that says `down_revision`; the same change goes into
`dcops.ledger.tables` and its number into `schema.NEWEST`. A test compares the two. On SQLite a step may add tables,
columns and indices; anything else needs Alembic's `op.batch_alter_table`. An older dcops may still run while a newer
one brings the tables up to date: so a new column is nullable or has a default, and an old one is emptied one release
before it goes.
"""
