"""Pure tables and properties: no database, no clock of their own."""
