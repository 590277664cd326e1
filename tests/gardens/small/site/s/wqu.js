pkm("wqu","questions.7zS")
