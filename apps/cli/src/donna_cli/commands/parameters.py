"""The arguments that several commands share."""

from typing import Annotated

import typer

from donna_cli.completion import open_tasks

Tasks = Annotated[
    list[str],
    typer.Argument(
        metavar="TASK",
        help="Numbers (3, #3, 1,3-5), the start of an id, or words of a title.",
        autocompletion=open_tasks,
    ),
]
OneTask = Annotated[
    list[str],
    typer.Argument(
        metavar="TASK",
        help="A number (3, #3), the start of an id, or words of its title.",
        autocompletion=open_tasks,
    ),
]
PerhapsTasks = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TASK",
        help="A task, or the code of a message; everything that waits where none is named.",
        autocompletion=open_tasks,
    ),
]
TaskAndTime = Annotated[
    list[str],
    typer.Argument(
        metavar="TASK [TIME]",
        help="A task by its number or its words, and when: 'fri 3pm', '2h', 'tomorrow morning'.",
        autocompletion=open_tasks,
    ),
]
