"""From a folder or workbook to typed tables, every fault collected."""
