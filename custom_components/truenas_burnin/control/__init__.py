"""What a person does to burn-ins and drives."""
