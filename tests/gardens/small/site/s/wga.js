pkm("wga","garden.3gH gardener.363 good.36z green.4xP ground.3xP")
