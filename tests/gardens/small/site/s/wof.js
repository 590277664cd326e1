pkm("wof","of.36zxP on.3lq one.3xP or.363gH org.3zS other.3MgzS out.36z")
