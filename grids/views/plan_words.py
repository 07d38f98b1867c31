"""What the boundary editor's scripts say, in the reader's language; {names} are filled in by them."""

from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy


class Tool(NamedTuple):
    """A button above the map: its name in the scripts, its icon, its key, its word and what it does."""

    name: str
    icon: str
    key: str
    word: str | Promise
    does: str | Promise


TOOLS = [
    Tool("select", "pointer", "V", pgettext_lazy("editor", "Select"), _("Choose a grid; a click on a wall removes it")),
    Tool("corners", "vector-bezier", "E", _("Corners"), _("Move, add and remove corners of the chosen grid")),
    Tool("split", "slice", "S", _("Split"), _("Split the chosen grid by a line")),
    Tool("merge", "arrows-join", "M", _("Merge"), _("Merge the chosen grid with one beside it")),
    Tool("cut", "scissors", "C", _("Cut out"), _("Cut a new grid out of others, for example a school")),
    Tool("hole", "circle-dashed", "H", _("Hole"), _("Leave ground inside the chosen grid to nobody")),
    Tool("draw", "polygon", "D", _("Draw"), _("Draw a grid where there is none")),
    Tool("take", "layers-union", "T", _("Take in"), _("Give ground you draw around to the chosen grid")),
    Tool("wall", "wall", "W", _("Wall"), _("A line that proposals must not cross")),
    Tool("measure", "ruler-measure", "R", _("Measure"), _("Measure a distance or an area")),
]

_TOOLS = {
    "chooseFirst": _("Choose a grid first, on the map or in the list."),
    "cornersHow": _(
        "Drag a corner; a click on a small one adds it, a right click removes one. Tab, arrows and Delete do the same."
    ),
    "cornerOf": _("Corner {n} of {of}: {lon}, {lat}."),
    "sharedWith": _("Shared with {n} more."),
    "outline": _("It lies on the outer border and stays."),
    "slides": _("It slides along the outer border."),
    "locked": _("This grid is kept as it is. Release it first."),
    "junction": _("Three borders meet here; the corner has to stay."),
    "vanishes": _("Nothing would be left of a grid."),
    "crosses": _("Borders would cross; the corner went back."),
    "cornerThere": _("There is a corner already."),
    "selfCrossing": _("The line crosses itself. Please draw it again."),
    "tooFine": _("This would leave less than a centimetre somewhere. Please draw it a little differently."),
    "noSplit": _("The line has to run across the grid, from border to border."),
    "notAdjacent": _("These two share no border."),
    "nothingThere": _("There is no such ground within what you drew."),
    "mergeHow": _("Now click the grid to merge with {name}, on the map or in the list; there Enter does it, too."),
    "drawLine": _("Click point by point; a double click or Enter ends the line, Escape gives it up."),
    "drawOutline": _("Click around the ground; a click on the first point, a double click or Enter closes it."),
    "tooShort": _("Draw some more points first."),
    "cross": _("Cross at {lon}, {lat}. Space sets a point, Enter ends."),
    "measured": _("Measured:"),
    "around": _("around {length}"),
    "mapHow": _("Arrows move the map, Enter chooses the grid in the middle, ? shows all keys."),
}
_STEPS = {
    "stepMove": _("Corner moved"),
    "stepAdd": _("Corner added"),
    "stepRemove": _("Corner removed"),
    "stepSplit": _("{name} split"),
    "stepMerge": _("{name} and {other} merged"),
    "stepCut": _("New grid cut out"),
    "stepHole": _("Hole made"),
    "stepDraw": _("Grid drawn"),
    "stepTake": _("Ground given to {name}"),
    "stepWall": _("Wall drawn"),
    "stepUnwall": _("Wall removed"),
    "stepLock": _("{name} is kept as it is"),
    "stepUnlock": _("{name} may change"),
    "stepFacts": _("{name} described"),
    "stepFix": _("Repair accepted"),
    "stepTheirs": _("Taken over from somebody else"),
    "undone": _("Undone: {label}"),
    "redone": _("Done again: {label}"),
    "nothingToUndo": _("Nothing to undo."),
    "nothingToRedo": _("Nothing to do again."),
}
_GRIDS = {
    "comma": _(", "),
    "then": pgettext_lazy("between parts of a sentence", ", "),
    "newGrid": _("New grid"),
    "newDedicated": _("New dedicated grid"),
    "part": _("{name} ({side})"),
    "east": pgettext_lazy("part", "east"),
    "south": pgettext_lazy("part", "south"),
    "west": pgettext_lazy("part", "west"),
    "north": pgettext_lazy("part", "north"),
    "unnamed": _("without a name"),
    "codeLater": _("given when the plan takes effect"),
    "continues": _("Continues an area in use."),
    "keeps": _("Continues an area in use and is kept as it is."),
    "isNew": _("New, on ground that was nobody's."),
    "nothingToSuggest": _("Nothing to suggest: all four are written, or nothing lies beside it."),
    "chosen": _("{name}: {households} households, {standing}"),
    "households": _("{n} hh"),
    "fits": _("within the standard"),
    "few": _("too few"),
    "small": _("small"),
    "many": _("too many"),
    "crowded": _("crowded"),
    "undrawn": _("not drawn yet"),
    "free": _("not measured"),
    "fitsLong": _("Within {good}–{most} households"),
    "fewLong": _("Fewer than {least} households"),
    "smallLong": _("Fewer than {good} households"),
    "manyLong": _("More than {most} households"),
    "crowdedLong": _("More than {persons} persons"),
    "undrawnLong": _("Not drawn yet"),
    "freeLong": _("Not measured by the standard"),
    "metres": _("{n} m"),
    "kilometres": _("{n} km"),
    "squareMetres": _("{n} m²"),
    "hectares": _("{n} ha"),
}
_SAVING = {
    "saving": _("Saving…"),
    "savedAt": _("Saved at {at}"),
    "savedAll": _("Everything is saved"),
    "offline": _("No connection: kept in this browser, sent as soon as possible"),
    "signedOut": _("Signed out: kept in this browser. Sign in again in another tab"),
    "notSaved": _("Not saved; it is kept in this browser"),
    "reading": _("To read"),
    "narrow": _("To read: drawing needs a larger screen"),
    "restored": _("What was not saved yet has been put back."),
    "conflictShort": _("{by} saved meanwhile"),
    "conflict": _("{by} saved this plan at {at}, after you opened it."),
    "closedWhat": _("Nothing of yours is lost: it can go on as a draft of its own, to be checked and submitted."),
    "closedSince": _("The plan is no longer a draft. What you drew until {at} was not saved in it."),
    "theirsTaken": _("Theirs is in. Undo brings yours back."),
    "copyName": _("{name} (my version)"),
    "copyFailed": _("The new draft could not be made. Yours is still here; please try again."),
    "failed": _("The plan could not be loaded. Please load the page again; what you drew is kept in this browser."),
    "check": _("Check"),
    "goOn": _("Go on to approval"),
    "checkRunning": _("Checking…"),
    "checkLater": _("It cannot be checked now: the last steps are not on the server yet."),
    "faultless": _("Nothing is wrong."),
    "level_error": _("Error"),
    "level_warning": pgettext_lazy("fault", "Warning"),
    "level_notice": pgettext_lazy("fault", "Note"),
    "fixOne": _("Fix it for me"),
    "noFix": _("There is no repair that can be proposed. Please correct it by hand."),
}
_PAPER = {
    "paperFix": _("Place it by three points"),
    "paperFixAgain": _("Place it again"),
    "paperFixed": _("The image is placed; it is off by {n} m. Undo is beside it."),
    "paperUnfixed": _("The image lies as before."),
    "paperRemoved": _("The image is removed; it can be put back."),
    "paperRestored": _("The image is back."),
    "paperSending": _("Sending the image…"),
    "paperFailed": _("That did not get through. Please try again."),
    "paperScale": _("{n} m a pixel, {width} wide"),
    "paperTurned": _("{n}°"),
    "paperMiss": _("{n} m, stretched by {percent}%"),
    "paperOnImage": _("Point {n}: click it on the image."),
    "paperOnMap": _("Point {n}: click the same spot on the map, or type its coordinates."),
    "paperImageFirst": _("Click point {n} on the image first."),
    "paperReady": _("All three are set. Drag them if they are not quite right."),
    "paperOpen": _("not on the image yet"),
    "paperPixel": _("on the image at {x}, {y}"),
}
_TASKS = {
    "roadsShown": _("Roads and water are shown; what you draw near them snaps to them."),
    "roadsHidden": _("Roads and water are hidden; nothing snaps to them."),
    "stepSuggested": _("What was suggested"),
    "taskMerged": _("What the report suggests is done: {name}, with {households} households. Undo takes it back."),
    "taskFits": _("Both grids are within the standard now."),
    "taskLimits": _("The standard asks for {least}–{most} households."),
}
_COUNTED = {
    "taskOver": ngettext_lazy(
        "{name} has {n} household too many: move the border so that it comes to {other}.",
        "{name} has {n} households too many: move the border so that they come to {other}.",
    ),
    "taskUnder": ngettext_lazy(
        "{name} is {n} household short: move the border so that it comes from {other}.",
        "{name} is {n} households short: move the border so that they come from {other}.",
    ),
    "movedTogether": ngettext_lazy("{n} grid changed.", "{n} grids changed together."),
    "drawn": ngettext_lazy("{n} point · {length}", "{n} points · {length}"),
    "depth": ngettext_lazy("{n} step can be undone", "{n} steps can be undone"),
    "comesFrom": ngettext_lazy("New, on the ground of {n} area in use.", "New, on the ground of {n} areas in use."),
    "conflictWhat": ngettext_lazy("{n} grid is different there: {names}", "{n} grids are different there: {names}"),
    "errors": ngettext_lazy("{n} error", "{n} errors"),
    "warnings": ngettext_lazy("{n} warning", "{n} warnings"),
    "notes": ngettext_lazy("{n} note", "{n} notes"),
    "fixPreview": ngettext_lazy(
        "The dashed lines show the repair; {n} grid would change.",
        "The dashed lines show the repair; {n} grids would change.",
    ),
}


def words() -> dict[str, Any]:
    """Every sentence by its name; where it counts, as it is said of one and of several."""
    counted = {name: [sentence % 1, sentence % 2] for name, sentence in _COUNTED.items()}
    return {**_TOOLS, **_STEPS, **_GRIDS, **_SAVING, **_PAPER, **_TASKS, **counted}
