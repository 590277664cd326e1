pkm("wpa","patience.363xP planning.2frzS png.3xP published.363 python.36z")
