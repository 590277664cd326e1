pkm("wea","each.3Mg earth.463 earthworms.76z.363 evergreen.263 example.3zS")
