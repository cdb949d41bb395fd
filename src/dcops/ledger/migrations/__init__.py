"""The history of the ledger's tables, one file per step, applied by `dcops.ledger.schema`."""
