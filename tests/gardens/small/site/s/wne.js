pkm("wne","nearby.363 needs.663 nobody.3lq not.363 notes.3MggH nothing.3lq")
