"""Approval engine against a model that anybody can read: random people, submissions, edits, decisions, policies, memberships and a
clock. `naive` says what follows from R-03 to R-21, from what was asked for and never from what was written; `playing` plays a
history through the services and compares after each step."""
