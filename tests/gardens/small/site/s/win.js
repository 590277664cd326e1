pkm("win","in.36zxP index.4gH int.36z is.463xP.36zgH it.663.36z its.363")
