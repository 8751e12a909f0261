"""Ad drafts."""
