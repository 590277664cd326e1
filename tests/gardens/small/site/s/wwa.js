pkm("wwa","warms.3xP warmth.36zxP water.363 weeds.3zS what.663.4fr.3gHzS where.36z who.563 with.4gH worms.36z")
