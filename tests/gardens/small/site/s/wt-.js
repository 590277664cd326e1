pkm("wt-","t.4xP that.3Mg the.4xP they.46z this.3gH thumb.3xP time.363 tip.3xP turn.36z two.3MgxP")
