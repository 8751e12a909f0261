"""Who is told what, and why: read from the log, shown in the workplace, sent by mail (docs/notifications.md)."""
