"""What is governed: campaigns, ad groups, ads, media, revisions and their sections."""
