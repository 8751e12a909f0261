"""Who said yes: policies, routes, requests, stages, decisions, clearances."""
