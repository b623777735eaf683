"""Who solves the chunks of a sweep: this process, others of this machine, or a cluster."""
