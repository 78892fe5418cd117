"""How fast it is, as ratios within one run against something named. `make benchmark` runs all."""
