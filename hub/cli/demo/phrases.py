"""What the messages and entries of the demonstration say: short, plausible, about nobody."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Incident:
    """One kind of police notice; {child}, {mother}, {father} stand for names."""

    kind: str
    place: str
    happened: str
    of_child: str
    impact: str
    voice: str
    done: str


INCIDENTS: Final = (
    Incident(
        "domestic_abuse",
        "At home",
        "Neighbours rang about shouting. {mother} said {father} had come to collect clothes and would not leave.",
        "{child} was upstairs and came down when the door was knocked.",
        "Tearful, settled with a neighbour.",
        "I turned the telly up.",
        "safety advice given",
    ),
    Incident(
        "child_concern",
        "Bus station",
        "Officers saw {mother} asleep on a bench with the pushchair beside her; she was taken home.",
        "{child} was warm and dressed, and hungry.",
        "Ate well when offered food.",
        "I want to go home now.",
        "seen safe at home",
    ),
    Incident(
        "missing",
        "Retail park",
        "{child} was reported missing by school at 15:40 and found at 21:05.",
        "{child} had been with older young people and had a new telephone.",
        "Would not say who bought it.",
        "They are my mates and nobody asked you.",
        "return home interview offered",
    ),
    Incident(
        "domestic_abuse",
        "Car park of a shop",
        "{father} followed {mother} to her car and took her keys. A passer-by rang.",
        "{child} was strapped into the back seat throughout.",
        "Silent, would not let go of a toy.",
        "He was banging on the window.",
        "MARAC referral",
    ),
    Incident(
        "mental_health",
        "Railway bridge",
        "{mother} was found in distress and went to the hospital with officers of her own will.",
        "{child} was at a grandparent's and was told by family.",
        "Asked when she comes back.",
        "Is it because of me?",
        "taken to a place of safety",
    ),
    Incident(
        "exploitation",
        "Harbour wall",
        "A car stopped for {child} twice in a week; the number plate belongs to nobody known.",
        "{child} got out when officers came near.",
        "Has a bruise on one wrist.",
        "I was only getting a lift.",
        "exploitation screening started",
    ),
    Incident(
        "adult_at_risk",
        "At home",
        "{father} rang 999 and said he could not cope. Officers stayed until the crisis team came.",
        "{child} had made tea for everybody.",
        "Looks after the adults.",
        "I know what to do when he is like that.",
        "crisis team called",
    ),
)
STAGES: Final = (
    ("Assessment", "Came to both appointments", "Says he drinks most evenings."),
    ("Week 2 of a structured programme", "Came late, stayed to the end", "Diary shows four days without alcohol."),
    ("Week 6 of a structured programme", "Attends and takes part", "Found the second month easier than the first."),
    (
        "Week 10 of a structured programme",
        "Missed two groups, rang each time",
        "A relapse at the weekend, spoken about.",
    ),
    ("Aftercare", "Attends monthly", "Tests clear since the spring; goes to a peer group."),
)
CONCERNS: Final = (
    "Medicine was on the kitchen table at the home visit; a locked box has been given.",
    "The children know more than the adults think.",
    "Handovers of the children happen when he is tired.",
    "None since the last report.",
)
PROTECTING: Final = (
    "Sees the children with their grandmother there.",
    "Rings the keyworker before things go wrong.",
    "School and the service speak every week, with his agreement.",
)
VIEWS: Final = (
    "I want to be somebody they can rely on.",
    "I am not who I was in the spring.",
    "It is one day at a time.",
)
HEALTH: Final = (
    ("Low mood after a bereavement", "{mother} asks for help with sleep and worry. She looks after {child}."),
    ("Anxiety that stops her going out", "{mother} has not left the house for a week and is worried for {child}."),
    ("Review of medication", "{mother} feels steadier. {child} came along and drew at the table."),
)


@dataclass(frozen=True, slots=True)
class Note:
    """One entry of the team; texts beside `happened` are left out when empty."""

    event: str
    statement: str
    happened: str
    significant: bool = False
    voice: str = ""
    strengths: str = ""
    concern: str = ""
    next_steps: str = ""


CARE_NOTES: Final = (
    Note(
        "visit",
        "fact_observed",
        "Home visit. {child} showed the room and the drawings on the wall. There was food in the fridge.",
        voice="My bed is the top one because I am not scared.",
        strengths="{mother} had kept every appointment card on the fridge.",
    ),
    Note("contact", "reported_by", "{father} rang to say he had not been told about parents' evening."),
    Note(
        "education",
        "reported_by",
        "School says {child} has been late four times in three weeks, and tired.",
        concern="Nights may be broken.",
        next_steps="Ask what mornings are like.",
    ),
    Note(
        "meeting",
        "decision",
        "Core group. The family's own plan was read out first, by {mother}.",
        significant=True,
        next_steps="{father} brings {child} on Wednesdays; the nursery writes on Fridays.",
    ),
    Note(
        "was_not_brought",
        "fact_observed",
        "{child} was not brought to the dentist. The letter had gone to the old address.",
    ),
    Note(
        "strength",
        "professional_opinion",
        "{father} left the room when voices rose, and came back calm. He named it himself.",
        significant=True,
        strengths="He used what he had practised.",
    ),
    Note("visit", "child_voice", "Seen alone at school, with the play box.", voice="It is quieter on Wednesdays."),
    Note(
        "relationship",
        "allegation",
        "A neighbour says {father} stays overnight. {mother} says he does not.",
        significant=True,
        concern="Two accounts that do not fit together.",
    ),
    Note(
        "health",
        "reported_by",
        "The health visitor weighed {child}: back on the line.",
        strengths="Meals at set times.",
    ),
    Note(
        "move",
        "fact_observed",
        "Keys to the new flat were handed over; {child} keeps the same school.",
        significant=True,
    ),
    Note(
        "crisis",
        "reported_by",
        "{mother} rang at the weekend: she had locked herself in the bathroom to think.",
        significant=True,
    ),
    Note(
        "visit",
        "fact_observed",
        "Home visit at seven. Both were up; the bags stood packed at the door.",
        strengths="{child} had laid out the uniform.",
    ),
    Note("education", "reported_by", "The teacher says {child} put a hand up in class for the first time."),
    Note(
        "contact",
        "reported_by",
        "{mother} sent a photograph of the new beds, with three question marks about the fitting.",
    ),
    Note(
        "meeting",
        "professional_opinion",
        "Network meeting at the school. Everybody said one thing that worries them and one that goes well.",
        significant=True,
        next_steps="{mother} asks her sister about Saturdays.",
    ),
    Note(
        "visit",
        "reported_by",
        "{father} says the dog bit {child} in the garden; the plaster was changed while I was there.",
    ),
    Note(
        "loss",
        "reported_by",
        "{mother}'s aunt died on Sunday. {child} asked whether to wear black.",
        significant=True,
        next_steps="The school's bereavement worker has a place on Thursday.",
    ),
    Note("appointment", "fact_observed", "Both parents came to the clinic and stayed for the talk afterwards."),
    Note(
        "contact",
        "child_voice",
        "{child} rang the office alone to ask when the next visit is.",
        voice="Can you come when nobody is cross?",
    ),
    Note("contact", "parent_voice", "{mother}: you ask me the same things three times, and I answer them three times."),
)
SERVICE_NOTES: Final = (
    Note("contact", "reported_by", "Rang to move Tuesday to Thursday because of a shift at work."),
    Note(
        "strength",
        "fact_observed",
        "Brought a list of what helped last month, written on the bus.",
        strengths="Plans ahead.",
    ),
    Note("appointment", "fact_observed", "Came ten minutes early. Wanted to talk about sleep first."),
    Note(
        "appointment",
        "fact_observed",
        "Came on time. Spoke about {child} for most of the hour.",
        strengths="Asks for help early.",
    ),
    Note("missed", "fact_observed", "Did not come and did not ring; answered a text in the evening."),
    Note("treatment", "professional_opinion", "Ready for the next step of the programme.", significant=True),
    Note(
        "crisis", "reported_by", "Rang the out-of-hours line and was helped to get through the night.", significant=True
    ),
    Note(
        "appointment", "parent_voice", '"When I say no to people, I feel I let them down. When I say yes, it is worse."'
    ),
)
