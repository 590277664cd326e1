pkm("wla","layer.4xP layers.6xP.463 leads.3lq leaves.36z links.3lq live.36z")
