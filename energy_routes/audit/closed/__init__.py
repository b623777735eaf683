"""What a saved result may hold: every column, lever, key and file is known here, and everything else is refused."""
