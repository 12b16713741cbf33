"""What a person or a program at one table sees and may do, without pygame and without HTML."""
