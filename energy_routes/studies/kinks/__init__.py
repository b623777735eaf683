"""How far each figure may move until another plan is best."""
