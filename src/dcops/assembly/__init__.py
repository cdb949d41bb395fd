"""From the settings of a site root to the rooms that jobs work with; shared by all doors."""
