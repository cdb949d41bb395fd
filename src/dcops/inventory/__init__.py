"""What we own: YAML files of a site root, checked and turned into devices, sites and racks."""
