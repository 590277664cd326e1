"""From a bundle to a site: cards, pages, feeds, search, graph, and the folder they are delivered to."""
