"""The pages of rule sets and exceptions: for policy managers, exception approvers and reviewers."""
