"""What may fail: countries, outages, rates of failure, and scenarios of several losses."""
