"""The review for therapists: a gateway and one Datasette per caseload."""
