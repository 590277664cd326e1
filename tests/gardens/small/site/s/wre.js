pkm("wre","return.36z rotation.4fr.3MgzS round.36z rule.3xP")
