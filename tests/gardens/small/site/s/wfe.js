pkm("wfe","fed.363 first.3xP float.36z follows.3fr")
