"""Three protected documents and a public one, and a model that behaves as a test wants."""

from __future__ import annotations

from dataclasses import dataclass

from corpora import Document

HARBOUR = """
The harbour plan was signed by the board on the ninth of May after eleven weeks of argument about dredging. It moves
the container yard north of the old slipway, closes the grain pier for two winters, and pays the fishing cooperative
a fixed sum for every berth that it loses. The engineers asked for a second breakwater, which the treasurer refused
because the bond issue had already been priced. Instead the wave screens are to be raised by forty centimetres, and
the tug station moves to the inner basin. Whoever speaks about the plan in public must not name the price of the
berths, the date of the closure, or the two bidders that withdrew after the first survey found soft clay under the
slipway. The pilots were promised new radios and a heated cabin. Nobody promised the gulls anything, yet they seem
to have settled the matter of the lantern roof among themselves and now nest there every spring without a permit.
"""
CLINIC = """
Three patients of the northern ward reported dizziness within an hour of the second dose, and in each case the nurse
on duty paused the infusion before the consultant was reached. The pump log shows a rate of ninety instead of sixty,
which matches the label on the replacement cartridge rather than the prescription. Pharmacy has withdrawn the whole
delivery and asked the supplier for the calibration sheets. Until they arrive, every pump is set by two people who
read the number aloud to one another. The families were told on the same evening by the head of the ward, without
the word mistake being avoided. One of them thanked her for that, and one has engaged a lawyer. The review board
meets on the second Tuesday of next month; its minutes stay confidential, its recommendations do not, and both will
be kept for thirty years.
"""
RECIPE = """
Rub the plums with coarse sugar and leave them under a cloth until the juice covers them halfway. Brown the butter
slowly, let it cool to the warmth of a hand, and beat it into the eggs with a pinch of cardamom. The flour goes in
last and in three parts, folded with a wide spoon, never stirred. Our secret is the spoon of strong black tea that
replaces the milk, and the oven door left open by a finger's width for the last ten minutes. It must rest overnight
before anybody cuts it, which is why the key of the pantry hangs in the office. Sold by the slice it pays for the
whole bakery in December.
"""
MENU = """
Today the canteen serves lentil soup, baked trout with dill potatoes, and a plain yoghurt cake that somebody's aunt
insisted on. Vegetarians may ask for the roasted celeriac, which is better than it sounds and comes with a walnut
sauce and rye bread. Coffee is free until three, and whoever brings a cup of their own gets a biscuit that was baked
this very morning.
"""
TEXTS = {"harbour.md": HARBOUR, "clinic.md": CLINIC, "recipe.md": RECIPE, "menu.md": MENU}


def documents() -> list[Document]:
    labels = {"harbour.md": "confidential", "clinic.md": "restricted", "recipe.md": "internal", "menu.md": "public"}
    return [
        Document(id=name, text=text, label=labels[name], readers=frozenset({"group:staff"}))
        for name, text in TEXTS.items()
    ]


@dataclass
class Model:
    """Answers as told, and remembers what it was asked."""

    answer: object

    def __post_init__(self):
        self.asked = []

    def __call__(self, prompt):
        self.asked.append(prompt)
        return self.answer(prompt) if callable(self.answer) else self.answer
