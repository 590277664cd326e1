pkm("wci","circles.4Mg.3fr compost.9xP.4636z.3_S crop.4fr.3MgzS crowd.363")
