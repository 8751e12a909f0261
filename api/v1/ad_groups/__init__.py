"""Ad group drafts."""
