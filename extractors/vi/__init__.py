"""Knowledge of Vietnamese: str to value, nothing else."""
