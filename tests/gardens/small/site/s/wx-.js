pkm("wx-","x.363")
