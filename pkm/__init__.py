"""pkm: a personal knowledge instrument for the terminal. Seek, sense, share.

The house has six floors; a module imports only from floors below it:

    cli                            flags -> one call -> one report; the only place that knows Typer and Rich
    workbench                      opens vault, index, clock and settings, each on first use
    seek | sense | share | sync    the three acts and git; independent of each other
    vault | index                  the files, and their disposable copy in SQLite
    markdown                       text <-> meaning, pure functions
    model                          values without I/O            (errors and config stand beside it)

Three sentences rule the design: files are the truth; the index is disposable;
every change is a plan before it is a deed.
"""

__version__ = "0.1.0"
