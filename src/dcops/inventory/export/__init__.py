"""The inventory in the forms that others read: the national centre, Ansible, Prometheus."""
