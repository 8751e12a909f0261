"""May it run: rules, rule sets, format specifications, budget minimums, check runs."""
