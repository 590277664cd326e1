pkm("w1-","1.4xP 120.3xP")
