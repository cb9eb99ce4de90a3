"""What people see: every screen is a pure function from values to a Screen."""
