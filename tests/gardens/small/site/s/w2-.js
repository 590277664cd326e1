pkm("w2-","2.3xP")
