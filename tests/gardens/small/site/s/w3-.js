pkm("w3-","3.4xP")
