"""The papers that decoys are made to look like, and the people and places in them, none of which exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Genre:
    """
    One kind of paper; see :class:`corpora.planting.prose._Drawing` for what the braces hold.

    Attributes:
        slugs: What its file may be called.
        titles: Its title.
        openings: Its first paragraph.
        sentences: What may stand in it, in this order.
    """

    slugs: tuple[str, ...]
    titles: tuple[str, ...]
    openings: tuple[str, ...]
    sentences: tuple[str, ...]


GENRES: Final = (
    Genre(
        ("minutes", "meeting", "working-group"),
        ("Minutes: {subject}, {date}", "Working group {project}, meeting of {date}", "{subject}: notes of the meeting"),
        (
            "Present were {lead} (chair), {person}, {person} and for {org} {person}. Excused: {person}.",
            "The group met in {place} on {date}; {lead} took the chair and {person} kept these notes.",
        ),
        (
            "The notes of the meeting of {date} were accepted with a change to item {number}, on the {term}.",
            "{lead} explained why {project} comes after the {subject}: the estimate of {money} had left out {place}.",
            "{person} objected that {org} had never been asked whether the {term} could carry the extra load.",
            "After some discussion {number} of the listed points on the {term} were struck out as settled.",
            "The {term} stays with {person} until the end of the quarter and then passes to the team in {place}.",
            "{org} offered to bear {percent} of the cost if the {subject} is finished before {date}.",
            "Nobody present could say who had released version {code} of the {term}, and {person} will find out.",
            "The chair reminded all that figures on {project} are not to be sent by mail, not even to {org}.",
            "A trial in {place} with {number} participants is to show whether the {term} can be left out altogether.",
            "{person} reported that invoice {code} for the {subject} was paid twice and {money} came back.",
            "It was agreed to keep the old {term} in use beside the new one for {number} weeks.",
            "Two written questions by {person} about the {term} are to be answered by {lead} before {date}.",
            "For the next meeting {person} prepares a comparison of the {term} with what {org} does in {place}.",
        ),
    ),
    Genre(
        ("memo", "proposal", "brief"),
        (
            "Memo: {subject} under {project}",
            "{project}: a proposal for the {subject}",
            "Why the {subject} has to change",
        ),
        (
            "This memo asks for a decision by {date} on the {subject}, which {project} has left open since {place}.",
            "{lead} was asked to say what {project} would cost if {org} withdrew from the {subject}.",
        ),
        (
            "Today the {subject} is handled by {number} people in {place}, most of them borrowed from the {term}.",
            "Three ways were compared: leave the {term} as it is, hand it to {org}, or start again from {project}.",
            "The first would cost {money} a year and needs no consent, but it leaves the {term} without a deputy.",
            "{org} asked {money} for the second, of which {percent} fall due when the contract {code} is signed.",
            "In a trial by {person} the third way took {number} days less than the {term} takes at present.",
            "The figures of {place} cannot be carried over, since the {term} there counts as part of the {subject}.",
            "{person} holds that {project} should wait for the audit of the {term}, which is due on {date}.",
            "Should {org} be sold, as is rumoured in {place}, clause {number} ends the {term} without notice.",
            "The works council was told of the {subject} on {date} and asked for a paper on the {term}.",
            "Of the reserve of {money} about {percent} have been used up by the {term} already.",
            "No announcement is planned, and {org} learns of {project} only once the {term} is safe.",
            "It is proposed to choose the third way, to name {person} for the {subject}, and to look again on {date}.",
            "If the answer is no, {project} ends with the {term} in {place} and {number} posts are filled elsewhere.",
        ),
    ),
    Genre(
        ("incident", "review", "finding"),
        (
            "Incident {code}: {subject}",
            "Review of the {subject} in {place}",
            "{code}: what went wrong with the {subject}",
        ),
        (
            "On {date} the {subject} in {place} was found to be out of order; {lead} led this review.",
            "This review covers incident {code}, which {person} reported in {place} on {date}.",
        ),
        (
            "The first sign was a note by {person} that the {term} showed {number}, twice what {org} had promised.",
            "For {number} hours nobody connected this with the {subject}, as {project} had changed that same day.",
            "{person} shut down the {term} at once, which spared {place} but hid the trace that was looked for later.",
            "The cause lay in order {code}: the {term} was delivered by {org} without the part that was tested.",
            "A second count by {person} brought the number of those concerned from {number} to {number}.",
            "The damage is put at {money}, of which the insurer in {place} accepts {percent}.",
            "That the same had happened to the {term} on {date} stood in a list that {project} no longer used.",
            "{org} was told after two days, and its answer about the {term} came from a lawyer.",
            "No complaint about the {subject} has been made so far, and {person} watches the {term} until {date}.",
            "From now on {number} of every hundred deliveries by {org} are opened in {place} before they are counted.",
            "The rule on the {term} is rewritten by {person}, because it could be read in two ways.",
            "{lead} recommends to pay {org} nothing beyond {money} and to take the {subject} out of {project}.",
            "The alarm of the {term} had been set to {percent} by somebody who has since left for {place}.",
        ),
    ),
    Genre(
        ("assessment", "supplier", "partner"),
        ("Assessment of {org}: {subject}", "{org} as a partner for {project}", "Supplier file {code}, {subject}"),
        (
            "{lead} and {person} visited {org} in {place} on {date} to see the {subject}.",
            "This file holds what is known of {org} with respect to the {subject}; it replaces {code}.",
        ),
        (
            "{org} employs {number} people in {place}, of whom a third look after the {term}.",
            "Its turnover fell by {percent} after the loss of a customer for the {term} whose name was not given.",
            "The owner, {person}, showed us the {subject} without being asked, but not the room beside it.",
            "Of {number} samples of the {term} two were returned, both from the shift that {person} leads.",
            "Prices for the {term} are {percent} below those of {code} and hold until {date}.",
            "A loan of {money} is due next spring, and the bank in {place} has asked for the {term} as security.",
            "We found no trace of the certificate for the {term} that is named in the offer of {date}.",
            "References given by {org} speak well of the {subject} and say nothing at all of {project}.",
            "{person} answered questions about the {term} in writing, which took {number} days.",
            "Should {project} go on, {org} wants to move the {term} to {place} at our expense, {money} at most.",
            "The score is {number} of a hundred, with the {subject} at the top and the {term} at the bottom.",
            "A second source for the {term} is to be found before the contract {code} is renewed.",
            "{lead} advises to order for one year only and to leave the {term} out of the agreement.",
        ),
    ),
    Genre(
        ("handover", "notes", "status"),
        ("Handover: {subject}", "{subject}: where things stand, {date}", "Notes for whoever takes over {project}"),
        (
            "{lead} leaves for {place} on {date}; these notes are for {person}, who takes over the {subject}.",
            "What follows is the state of {project} on {date}, without the papers that {org} has not sent back.",
        ),
        (
            "The key to the {term} lies with {person}, and a copy of {code} in the second drawer in {place}.",
            "Call {person} at {org} about the {subject}, never the office: the office passes everything on.",
            "Of the {money} for {project} there are {percent} left, and nobody has asked for the {term} yet.",
            "The list of the {term} has {number} entries too many, which is known and harmless.",
            "On {date} somebody from {place} will come for the {term}; let {person} deal with it.",
            "What {org} calls the {subject} is our {term}, and it took us {number} weeks to notice.",
            "Every other month the {term} has to be counted by hand, last done by {person} on {date}.",
            "The dispute with {org} over {code} rests; do not touch the {subject} before their letter comes.",
            "{person} knows the history of the {term} and should be asked before anything in {place} is moved.",
            "If the {subject} fails again, use what is written in {code} and not the page about the {term}.",
            "Two requests are open: {money} for the {term}, and a room in {place} for {number} people.",
            "The agreement with {org} ends on {date}; a new one without the {term} is drafted and not yet shown.",
            "For {project} itself nothing is to be done until {person} is back from {place}.",
        ),
    ),
)

CLOSINGS: Final = (
    "Signed: {lead}. Copies to {person} and the file {code}.",
    "{lead}, {date}. Not to be passed on without asking {person}.",
    "Next step: {person} reports on the {subject} by {date}.",
    "Filed by {person} under {code}, {place}.",
)

GIVEN_NAMES: Final = tuple(
    """
    Alva Bastian Cosima Doran Edda Fenno Greta Hauke Ilka Joris Katrin Lasse Mirthe Nils Ottilie Piet Runa Sanne
    Thies Ulrika Veit Wiebke Yrsa Zeno Amrei Birger Dagny Eskil Femke Gesa Henrike Isolde Jelle Keno
    """.split()  # noqa: SIM905 - a table of names reads better than many strings
)
FAMILY_NAMES: Final = tuple(
    """
    Aldersund Brakwede Corvinsen Dellmark Eschwig Farndahl Gollwitz Harmstede Ilmgaard Jorveld Kestrup Lundaker
    Mossbrink Norrstedt Ollefsund Pallgrave Quistorp Rauvik Sellerby Tarnholt Ulfstad Vennegoor Wackerhus
    Ystermark Zandvliet Bruntoft Drakensen Elmsloh Fjordahl Grimsby-Holt
    """.split()  # noqa: SIM905 - a table of names reads better than many strings
)
ORGANISATIONS: Final = (
    *("{} & {}", "{} Systems", "{} Group", "{} and Daughters", "{} Consulting", "{}-{} Services", "{} Works"),
    *("{} Partners", "{} Logistics", "Institute {}", "{} Engineering", "{} Trading"),
)
PLACES: Final = tuple(
    """
    Karlsvoort Westermoor Ulvhafen Brennstedt Osterwyk Hallingby Tannmark Grevesund Nordquell Aschental
    Rimmelsee Falkenwiek Sonderhus Mittelfors Larkhaven Dunstrand
    """.split()  # noqa: SIM905 - a table of names reads better than many strings
)
PROJECTS: Final = tuple(
    """
    Kittiwake Sandstone Larkspur Halyard Bellwether Juniper Causeway Tamarack Foxglove Windrose Ironwood Plover
    Saltmarsh Copperfield Driftwood Meridian
    """.split()  # noqa: SIM905 - a table of names reads better than many strings
)
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
