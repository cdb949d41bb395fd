"""Files that devices push to us: what lies in a drop folder, whether it is whole, and what arrived when."""
