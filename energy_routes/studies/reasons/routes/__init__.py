"""Why a whole way from a field to its buyer is taken or not: a route has no figure of its own."""
