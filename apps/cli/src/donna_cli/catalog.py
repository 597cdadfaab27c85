"""The table of commands: what there is, where it lives, and one line of help for each.

Nothing here imports a command, so listing all of them costs as much as reading this page.
"""

from collections.abc import Mapping

from attrs import frozen

TELL, LOOK, DO, TIME, CHANGE, ANSWER, MONEY, RUN, REMEMBER, TEACH, WORKFLOWS = (
    "Tell Donna",
    "Look",
    "Get it done",
    "Choose the time",
    "Correct and take back",
    "Answer Donna",
    "Models and money",
    "Run and set up",
    "Remember",
    "Teach Donna",
    "Workflows for coding agents",
)


@frozen(kw_only=True)
class Entry:
    """One command: ``target`` is ``module:function`` below ``donna_cli.commands``.

    ``writes`` gives it ``--dry-run`` and ``--yes``. ``help`` is the first line of the
    function's docstring.
    """

    target: str
    help: str
    panel: str
    writes: bool = False


@frozen(kw_only=True)
class Group:
    """Commands that share a first word; those of workflows take their place at a ``Desk``."""

    help: str
    panel: str
    commands: Mapping[str, Entry]
    at_desk: bool = False


CATALOG: Mapping[str, Entry] = {
    "add": Entry(
        target="telling:add",
        help="Keep a task, give it a place in the calendar and say why it stands there.",
        panel=TELL,
        writes=True,
    ),
    "remember": Entry(
        target="telling:remember",
        help="Remember what you say as you say it, whatever it reads like, and make no task of it.",
        panel=TELL,
        writes=True,
    ),
    "parse": Entry(
        target="telling:parse",
        help="Show what Donna understands of a sentence, and keep nothing.",
        panel=TELL,
    ),
    "next": Entry(target="looking:following", help="Show what to do next, and why.", panel=LOOK),
    "today": Entry(target="looking:today", help="Show the plan of today.", panel=LOOK),
    "week": Entry(target="looking:week", help="Show the plan of a week.", panel=LOOK),
    "list": Entry(target="looking:listing", help="List tasks, open ones at first.", panel=LOOK),
    "show": Entry(
        target="asking:show", help="Show everything Donna knows about one task.", panel=LOOK
    ),
    "why": Entry(
        target="asking:why",
        help="Explain why a task stands where it stands, and who moved it.",
        panel=LOOK,
    ),
    "digest": Entry(
        target="asking:digest", help="Read the morning or the evening digest now.", panel=LOOK
    ),
    "promises": Entry(
        target="accounting:promises",
        help="List what Donna owes you and what became of it, with its receipts.",
        panel=LOOK,
    ),
    "history": Entry(
        target="accounting:history",
        help="List who asked for what, and what it changed: every record before and after.",
        panel=LOOK,
    ),
    "start": Entry(target="doing:start", help="Begin tasks now.", panel=DO, writes=True),
    "done": Entry(
        target="doing:done", help="Finish tasks, wherever they stand.", panel=DO, writes=True
    ),
    "block": Entry(
        target="doing:block",
        help="Note that started tasks cannot go on, and why.",
        panel=DO,
        writes=True,
    ),
    "unblock": Entry(
        target="doing:unblock",
        help="Let blocked tasks go on and give them a new place.",
        panel=DO,
        writes=True,
    ),
    "drop": Entry(
        target="doing:drop", help="Give tasks up without doing them.", panel=DO, writes=True
    ),
    "reopen": Entry(
        target="doing:reopen",
        help="Bring finished or dropped tasks back.",
        panel=DO,
        writes=True,
    ),
    "move": Entry(
        target="timing:move",
        help="Put tasks at another time, or at the next free one.",
        panel=TIME,
        writes=True,
    ),
    "snooze": Entry(
        target="timing:snooze",
        help="Hear nothing of tasks until later, and do them after.",
        panel=TIME,
        writes=True,
    ),
    "pin": Entry(
        target="timing:pin",
        help="Fix tasks where they are, or at a time, so that no plan moves them.",
        panel=TIME,
        writes=True,
    ),
    "unpin": Entry(
        target="timing:unpin", help="Let plans move pinned tasks again.", panel=TIME, writes=True
    ),
    "accept": Entry(
        target="timing:accept",
        help="Take a place Donna offered for a task that fits nowhere as asked.",
        panel=TIME,
        writes=True,
    ),
    "plan": Entry(
        target="planning:plan",
        help="Give tasks without a place one, or plan the days ahead anew.",
        panel=TIME,
        writes=True,
    ),
    "what-if": Entry(
        target="planning:what_if",
        help="Show what would follow from a change of plans, and apply it if you like.",
        panel=TIME,
        writes=True,
    ),
    "edit": Entry(
        target="changing:edit", help="Correct what a task says.", panel=CHANGE, writes=True
    ),
    "merge": Entry(
        target="changing:merge", help="Make one task of two.", panel=CHANGE, writes=True
    ),
    "lock": Entry(
        target="changing:lock",
        help="Keep the priority of tasks as it is, or at a value.",
        panel=CHANGE,
        writes=True,
    ),
    "unlock": Entry(
        target="changing:unlock",
        help="Let the priority of tasks follow the days again.",
        panel=CHANGE,
        writes=True,
    ),
    "undo": Entry(
        target="changing:undo",
        help="Take back the last thing you asked for.",
        panel=CHANGE,
        writes=True,
    ),
    "redo": Entry(
        target="changing:redo", help="Bring back what was undone.", panel=CHANGE, writes=True
    ),
    "ack": Entry(
        target="answering:ack",
        help="Tell Donna that you have seen it, and stop her asking.",
        panel=ANSWER,
        writes=True,
    ),
    "busy": Entry(
        target="answering:busy",
        help="Tell Donna to ask again later.",
        panel=ANSWER,
        writes=True,
    ),
    "quiet": Entry(
        target="answering:quiet",
        help="Hold every message below priority 5 for a while, or show when messages may go out.",
        panel=ANSWER,
        writes=True,
    ),
    "pause": Entry(
        target="answering:pause",
        help="Let nothing leave, whatever its priority: no message and no calendar write.",
        panel=ANSWER,
        writes=True,
    ),
    "resume": Entry(
        target="answering:resume",
        help="Let what waited in a pause leave, as far as it is of use still.",
        panel=ANSWER,
        writes=True,
    ),
    "budget": Entry(
        target="spending:budget",
        help="Show what models cost, raise a budget, or approve what a task may cost.",
        panel=MONEY,
        writes=True,
    ),
    "llm": Entry(
        target="spending:llm",
        help="Show which models were asked, with prompt and answer, and how good they were.",
        panel=MONEY,
    ),
    "run": Entry(
        target="running:run",
        help="Keep Donna's promises: remind, nudge, escalate and write digests.",
        panel=RUN,
    ),
    "restore": Entry(
        target="restoring:restore",
        help="Put an older copy of the database in place of the present one, which is kept "
        "beside it.",
        panel=RUN,
    ),
    "worker": Entry(
        target="running:worker",
        help="Do what another `donna run` hands out, on this machine or any other.",
        panel=RUN,
    ),
    "demo": Entry(
        target="demo:demo", help="Watch two days with Donna, on data of its own.", panel=RUN
    ),
    "doctor": Entry(
        target="doctor:doctor",
        help="Check that everything works, with the cause and the fix where it does not.",
        panel=RUN,
    ),
    "eval": Entry(
        target="evaluating:evaluate",
        help="Find out how good a model is at a kind of question, and compare models.",
        panel=MONEY,
    ),
    "config": Entry(
        target="configuring:config",
        help="List what can be configured, read one key, or set it.",
        panel=RUN,
    ),
    "schema": Entry(
        target="about:schema", help="Show the JSON Schema of what --json prints.", panel=RUN
    ),
    "version": Entry(
        target="about:version", help="Show the versions of Donna and what she runs on.", panel=RUN
    ),
}
