"""What ran, what came of it, and what still has to be told: kept in SQLite or PostgreSQL."""
