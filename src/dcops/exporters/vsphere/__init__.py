"""The vCenters of the inventory as metrics, from memory: whoever scrapes never waits for one of them."""
