"""The table of commands that share a first word; like the catalog it imports no command."""

from collections.abc import Mapping

from donna_cli.catalog import REMEMBER, TEACH, TIME, WORKFLOWS, Entry, Group

GROUPS: Mapping[str, Group] = {
    "workspaces": Group(
        help="Make a folder a workspace.",
        panel=WORKFLOWS,
        at_desk=True,
        commands={
            "init": Entry(
                target="workspaces:init",
                help="Make a folder a workspace, and tell coding agents in it how to use Donna.",
                panel=WORKFLOWS,
            ),
            "update": Entry(
                target="workspaces:update",
                help="Renew the files that tell coding agents how to use Donna.",
                panel=WORKFLOWS,
            ),
        },
    ),
    "sessions": Group(
        help="Run workflows, and report what was done.",
        panel=WORKFLOWS,
        at_desk=True,
        commands={
            "start": Entry(
                target="sessions:start",
                help="Begin a session anew; tasks and artifacts of an earlier one are removed.",
                panel=WORKFLOWS,
            ),
            "reset": Entry(
                target="sessions:reset",
                help="Forget the tasks of the session and keep its artifacts.",
                panel=WORKFLOWS,
            ),
            "status": Entry(
                target="sessions:status",
                help="Show how the session stands, in three numbers.",
                panel=WORKFLOWS,
            ),
            "details": Entry(
                target="sessions:details",
                help="Show how the session stands and what the agent is asked to do.",
                panel=WORKFLOWS,
            ),
            "run": Entry(
                target="sessions:run",
                help="Run a workflow until the agent has to do something.",
                panel=WORKFLOWS,
            ),
            "continue": Entry(
                target="sessions:proceed",
                help="Go on with what is queued, and show what the agent is asked to do.",
                panel=WORKFLOWS,
            ),
            "action-request-completed": Entry(
                target="sessions:complete",
                help="Report that an action request was done, and go on where it leads.",
                panel=WORKFLOWS,
            ),
            "graph": Entry(
                target="picturing:graph",
                help="Draw a workflow, with the places where tasks stand.",
                panel=WORKFLOWS,
            ),
            "report": Entry(
                target="picturing:report",
                help="Sum the session up: steps, how long they took, what the agent was told.",
                panel=WORKFLOWS,
            ),
        },
    ),
    "artifacts": Group(
        help="Read and change the texts that workflows are made of.",
        panel=WORKFLOWS,
        at_desk=True,
        commands={
            "list": Entry(
                target="artifacts:listing",
                help="List artifacts with their titles and descriptions.",
                panel=WORKFLOWS,
            ),
            "view": Entry(
                target="artifacts:view",
                help="Show the text of artifacts, as agents read it.",
                panel=WORKFLOWS,
            ),
            "fetch": Entry(
                target="artifacts:fetch",
                help="Copy the source of an artifact to a file, to be changed there.",
                panel=WORKFLOWS,
            ),
            "tmp": Entry(
                target="artifacts:tmp",
                help="Create an empty scratch file and say where it is.",
                panel=WORKFLOWS,
            ),
            "update": Entry(
                target="artifacts:update",
                help="Put a file in place of an artifact, once it is found valid.",
                panel=WORKFLOWS,
            ),
            "copy": Entry(
                target="artifacts:copy",
                help="Copy an artifact to another id, in the same world or another.",
                panel=WORKFLOWS,
            ),
            "move": Entry(
                target="artifacts:move",
                help="Give an artifact another id.",
                panel=WORKFLOWS,
            ),
            "remove": Entry(
                target="artifacts:remove",
                help="Remove artifacts, broken ones too.",
                panel=WORKFLOWS,
            ),
            "validate": Entry(
                target="artifacts:validate",
                help="Say what is wrong with an artifact, each with its file and line.",
                panel=WORKFLOWS,
            ),
            "validate-all": Entry(
                target="artifacts:validate_all",
                help="Say what is wrong with artifacts, each with its file and line.",
                panel=WORKFLOWS,
            ),
        },
    ),
    "journal": Group(
        help="Read what happened in a session, and add to it.",
        panel=WORKFLOWS,
        at_desk=True,
        commands={
            "view": Entry(
                target="journals:view",
                help="Show what happened in the session, the latest last.",
                panel=WORKFLOWS,
            ),
            "write": Entry(
                target="journals:note",
                help="Write a remark into the journal of the session.",
                panel=WORKFLOWS,
            ),
        },
    ),
    "calendar": Group(
        help="The calendars Donna plans around, and the one she writes.",
        panel=TIME,
        commands={
            "connect": Entry(
                target="calendars:connect",
                help="Plan around one more calendar: a file, a web address, CalDAV, or Google.",
                panel=TIME,
            ),
            "list": Entry(
                target="calendars:list_calendars",
                help="List the calendars, and what Donna may do with each.",
                panel=TIME,
            ),
            "events": Entry(
                target="calendars:events",
                help="Show everything in the calendars from one day to another.",
                panel=TIME,
            ),
            "sync": Entry(
                target="calendars:sync",
                help="Ask every calendar for news now, and let the plan follow them.",
                panel=TIME,
            ),
            "status": Entry(
                target="calendars:status",
                help="Show how fresh what Donna knows of each calendar is; ask none but files.",
                panel=TIME,
            ),
            "disconnect": Entry(
                target="calendars:disconnect",
                help="Forget a connected calendar, with its password or token.",
                panel=TIME,
            ),
        },
    ),
    "memory": Group(
        help="What Donna remembers, and how to find it again.",
        panel=REMEMBER,
        commands={
            "search": Entry(
                target="remembering:search",
                help="Find what was said or written, by words and by meaning.",
                panel=REMEMBER,
            ),
            "ingest": Entry(
                target="remembering:ingest",
                help="Remember texts, one JSON object a line.",
                panel=REMEMBER,
            ),
            "backfill": Entry(
                target="remembering:backfill",
                help="Remember everything there is, whatever was read before.",
                panel=REMEMBER,
            ),
            "eval": Entry(
                target="remembering:evaluate",
                help="Measure how well memory finds what answers a question.",
                panel=REMEMBER,
            ),
            "why": Entry(
                target="recollecting:why",
                help="Show what is held to be true, since when, and where it was said.",
                panel=REMEMBER,
            ),
            "export": Entry(
                target="recollecting:export",
                help="Write all that is remembered, one JSON object a line.",
                panel=REMEMBER,
            ),
            "report": Entry(
                target="recollecting:report",
                help="Say what share of the memory is junk, and why.",
                panel=REMEMBER,
            ),
            "forget": Entry(
                target="remembering:forget",
                help="Erase what is remembered of one source.",
                panel=REMEMBER,
                writes=True,
            ),
        },
    ),
    "vault": Group(
        help="The notes that Donna writes into your vault, and those that are yours alone.",
        panel=REMEMBER,
        commands={
            "write": Entry(
                target="noting:write",
                help="Write a note from what Donna knows, once for its day or meeting.",
                panel=REMEMBER,
                writes=True,
            ),
            "undo": Entry(
                target="noting:undo",
                help="Take back Donna's last changes to the vault.",
                panel=REMEMBER,
                writes=True,
            ),
            "mark": Entry(
                target="marking:mark",
                help="Mark notes as yours alone: no model elsewhere is shown them, and Donna "
                "leaves them alone.",
                panel=REMEMBER,
                writes=True,
            ),
            "unmark": Entry(
                target="marking:unmark",
                help="Take marks off notes, also of notes that are gone.",
                panel=REMEMBER,
                writes=True,
            ),
            "marks": Entry(
                target="marking:marks",
                help="List the notes that are yours alone, by mark or by memory.yaml.",
                panel=REMEMBER,
            ),
        },
    ),
    "skills": Group(
        help="What Donna was taught, and how far each skill is trusted.",
        panel=TEACH,
        commands={
            "list": Entry(
                target="trusting:listing",
                help="List the skills, and how far each is trusted.",
                panel=TEACH,
            ),
            "check": Entry(
                target="teaching:check",
                help="Say what is wrong with a skill, each with its file and line; nothing is run.",
                panel=TEACH,
            ),
            "add": Entry(
                target="teaching:add",
                help="Take a skill in, as a draft or in its next version, and prove it on its "
                "fixtures.",
                panel=TEACH,
            ),
            "fixtures": Entry(
                target="teaching:fixtures",
                help="Prove a skill on its fixtures, with mocks in place of tools and models.",
                panel=TEACH,
            ),
            "import": Entry(
                target="teaching:import_skill",
                help="Write a skill of the open SKILL.md format as a folder of Donna's own, to be "
                "read first.",
                panel=TEACH,
            ),
            "export": Entry(
                target="teaching:export",
                help="Write a skill in the open SKILL.md format, with its own files beside it.",
                panel=TEACH,
            ),
            "capabilities": Entry(
                target="teaching:list_capabilities",
                help="List what can be asked for, what its skills may use, and which tools are "
                "missing.",
                panel=TEACH,
            ),
            "match": Entry(
                target="teaching:match",
                help="Show which capability a message means, how sure that is, and the inputs it "
                "names.",
                panel=TEACH,
            ),
            "run": Entry(
                target="practising:run",
                help="Run a skill now, and show what came of it, step by step.",
                panel=TEACH,
            ),
            "approve": Entry(
                target="practising:approve",
                help="Approve exactly the effect a run waits for, and let it go on.",
                panel=TEACH,
                writes=True,
            ),
            "wrong": Entry(
                target="practising:wrong",
                help="Say that what a run returned was wrong; a skill that is often wrong is set "
                "aside.",
                panel=TEACH,
            ),
            "runs": Entry(
                target="practising:runs",
                help="List the latest runs of skills, newest first.",
                panel=TEACH,
            ),
            "show": Entry(
                target="practising:show",
                help="Show a run: what it was given, what each step did, what it returned.",
                panel=TEACH,
            ),
            "why": Entry(
                target="trusting:why",
                help="Show which evidence moved a skill to where it stands, and what is missing.",
                panel=TEACH,
            ),
            "promote": Entry(
                target="trusting:promote",
                help="Give your word for the next step up.",
                panel=TEACH,
            ),
            "demote": Entry(
                target="trusting:demote",
                help="Trust a skill less, one step down; nothing stands in the way.",
                panel=TEACH,
            ),
            "rollback": Entry(
                target="trusting:rollback",
                help="Put the version before in place; it proves itself anew.",
                panel=TEACH,
            ),
            "candidates": Entry(
                target="trusting:candidates",
                help="Show which work of models is worth a skill, and what that would save.",
                panel=TEACH,
            ),
        },
    ),
}
