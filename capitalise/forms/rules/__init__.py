"""The rules, a file for each kind of value. Each function takes a value and gives the one that was meant, or a doubt."""
