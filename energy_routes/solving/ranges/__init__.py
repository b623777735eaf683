"""How far each volume can move among plans that keep every rule and lose little, and what was solved to know it."""
