pkm("i",{"n":9,"b":1,"w":2,"f":"0- 1- 2- 3- 40 _06 a- be ci de ea fe ga ha in k- la m- ne of pa qu re se t- wa x-"})
