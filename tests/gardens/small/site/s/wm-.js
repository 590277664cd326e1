pkm("wm-","m.3xP make.36z metres.46z")
