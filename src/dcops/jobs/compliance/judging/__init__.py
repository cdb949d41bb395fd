"""Has sources judged in processes of their own: one device that takes too long is ended, and the others go on."""
