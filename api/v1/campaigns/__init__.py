"""Campaign drafts."""
