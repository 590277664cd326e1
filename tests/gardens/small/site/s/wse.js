pkm("wse","see.363zS seed.26z share.3xP soil.963.66z.3gH.2_SxP sqrt.3xP square.46z structure.263 supports.36z")
