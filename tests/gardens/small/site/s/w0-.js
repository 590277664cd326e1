pkm("w0-","0.3xP")
