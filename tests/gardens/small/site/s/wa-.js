pkm("wa-","a.463xP.3gH about.3zS alive.3gH alone.4lq also.363 and.363lq animals.26z answers.4zS as.363xP ask.363 asks.563")
