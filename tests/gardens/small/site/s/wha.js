pkm("wha","has.3gH heap.4xP helps.3zS here.3lq hold.3Mg https.3zS")
