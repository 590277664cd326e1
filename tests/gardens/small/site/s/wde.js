pkm("wde","def.36z dozen.3gH")
