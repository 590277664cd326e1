pkm("d0",{"Mg":["Circles","circles","Two notes that hold each other:","","2026-04-04","fr"],"fr":["Crop rotation","crop-rotation","What follows what.","","2026-04-05","Mg"]})
