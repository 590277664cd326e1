pkm("wbe","because.36z begin.3gH brown.4xP bud.2xP by.363")
