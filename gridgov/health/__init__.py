"""Whether database, Redis, worker and beat are alive, for people, load balancers and alarms."""
