pkm("wk-","k.3xP know.363")
