"""How every page looks and behaves: layout, components, tokens, icons. Knows no room."""
