"""Who may do what where: organisations, brands, ad accounts, pages, users, groups, roles, object permissions."""
