"""What solving games costs, ours and other solvers', measured side by side in one run."""
