"""What dcops talks about: plain frozen data, no input or output."""
