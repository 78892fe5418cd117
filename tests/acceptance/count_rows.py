"""How many groups should fit each person, counted from the raw rows by the simplest means.

Shares nothing with the project: it reads the feed, the intakes and the annotations as JSON and
counts minutes of the week one by one. The expectations were written down from what it prints, so
that the engine is held to something that the engine did not say.

    python tests/acceptance/count_rows.py CORPUS
"""

import json
import math
import sys
from collections import Counter, defaultdict
from pathlib import Path

FEED = "meeting_guide_orange_county"
DATA = Path(__file__).parent / "data"
DAY, WEEK = 1440, 10080
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
STALE = "2021-09-01"  # two years before the day of the decision
LANGUAGES = {"EN": "english", "S": "spanish"}


def clock(text):
    hours, minutes = text.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def minutes_of(window):
    """The minutes of the week in `Mon 18:00-21:00` or `Sun 21:00-Mon 14:00`."""
    day, span = window.split(" ", 1)
    start, end = span.split("-")
    first = DAYS.index(day) * DAY + clock(start)
    if " " in end:
        end_day, end = end.split()
        length = (DAYS.index(end_day) * DAY + clock(end) - first) % WEEK
    else:
        length = (clock(end) - clock(start)) % DAY
    return {(first + minute) % WEEK for minute in range(length)}


def answers(path):
    """The answers of an intake by link: codes, texts and numbers."""
    found = defaultdict(list)

    def walk(items):
        for item in items:
            for answer in item.get("answer", []):
                value = next(value for key, value in answer.items() if key.startswith("value"))
                found[item["linkId"].removeprefix("patient.")].append(
                    value["code"] if isinstance(value, dict) else value
                )
            walk(item.get("item", []))

    walk(json.loads(path.read_text("utf-8"))["item"])
    return found


def kilometres(one, other):
    (north, east), (north_too, east_too) = (tuple(map(math.radians, at)) for at in (one, other))
    half = math.sin((north_too - north) / 2) ** 2
    half += math.cos(north) * math.cos(north_too) * math.sin((east_too - east) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(half))


def groups(corpus):
    """Rows of one name, place, link, way of attending and type; with what was annotated."""
    rows = json.loads((corpus / "meetings" / f"{FEED}.json").read_text("utf-8"))
    annotated = json.loads((DATA / "annotations.json").read_text("utf-8"))["groups"]
    facts = {one["group"].partition("/")[2]: one["facts"] for one in annotated}
    found = defaultdict(list)
    for row in rows:
        key = (
            row["name"].casefold(), row["location_id"], row.get("conference_url"),
            row["attendance_option"], tuple(sorted(row.get("types", []))), row["formatted_address"],
        )  # fmt: skip
        found[key if "time" in row else row["slug"]].append(row)
    for same in found.values():
        said = {}
        for row in same:
            said |= facts.get(row["slug"], {})
        yield min(row["slug"] for row in same), same, said


def formats_of(row):
    ways = {"in_person": {"in-person"}, "online": {"online"}, "hybrid": {"in-person", "online"}}
    found = set(ways.get(row["attendance_option"], ()))
    return found | ({"phone"} if row.get("conference_phone") else set())


def attendable(rows, person):
    """Whether any meeting, with the way there and back, lies in the free time."""
    free = set().union(*map(minutes_of, person["availability.free"]))
    free -= set().union(*map(minutes_of, person["availability.busy"]), set())
    home = (person["home.latitude"] or [None])[0], (person["home.longitude"] or [None])[0]
    for row in rows:
        if "time" not in row:
            return True  # nobody can say, so it is asked
        start = (row["day"] - 1) % 7 * DAY + clock(row["time"])
        length = 60
        if row.get("end_time"):
            length = (clock(row["end_time"]) - clock(row["time"])) % DAY or 60
        for way in formats_of(row) - {"phone"}:
            there = (row["latitude"], row["longitude"])
            # Where the home is not known, the way may be short.
            known = way == "in-person" and home[0] is not None
            travel = math.ceil(kilometres(home, there) * 2) if known else 0
            stay = range(start - travel, start + length + travel)
            if all(minute % WEEK in free for minute in stay):
                return True
    return False


def fate(rows, said, person):
    """`eligible`, or what stands in the way first: the worst reasons come first."""
    row, types = rows[0], set(rows[0].get("types", []))
    confirmed = min(one["updated"][:10] for one in rows)
    if row["attendance_option"] == "inactive" or said.get("status") == "temporarily-closed":
        return "closed"
    if "TC" in types and row["attendance_option"] == "in_person":
        return "closed"
    if said.get("free_seats") == 0:
        return "full"
    if said.get("last_confirmed", confirmed) <= STALE:
        return "stale"
    wanted = set(person["languages"])
    listed = {LANGUAGES[code] for code in types & LANGUAGES.keys()}
    spoken = set(said.get("languages", {}).get("are", ())) or listed or {"english"}
    if not wanted & spoken:
        return "language"
    if not set(person["formats"]) & formats_of(row):
        return "format"
    far = person["home.latitude"] and kilometres(
        (person["home.latitude"][0], person["home.longitude"][0]),
        (row["latitude"], row["longitude"]),
    )
    if formats_of(row) == {"in-person"} and far and far > 40:
        return "far"
    if not attendable(rows, person):
        return "time"
    limits = {"woman": "W", "man": "M"}
    unclear = {"W", "M"} <= types or (types & {"W", "M"} and types & {"NB", "T"}) or not types
    limited = [who for who, code in limits.items() if code in types]
    if limited and not unclear and "asked-declined" not in person["identities"]:
        if not set(limited) <= set(person["identities"]):
            return "not for them"
    elif limited or unclear:
        return "who may come is not known"
    return "eligible"


def main(corpus):
    feed = list(groups(corpus))
    print(len(feed), "groups")
    for path in sorted((DATA / "intakes").glob("*.json")):
        person = answers(path)
        fates = {id: fate(rows, said, person) for id, rows, said in feed}
        count = Counter(fates.values())
        in_person = sum(
            fates[id] == "eligible" and "in-person" in formats_of(rows[0]) for id, rows, _ in feed
        )
        print(f"{path.stem}: {count['eligible']} eligible, {in_person} of them in person")
        print("   ", ", ".join(f"{why} {n}" for why, n in count.most_common() if why != "eligible"))
        if "--list" in sys.argv:
            print("   ", " ".join(id for id, _, _ in feed if fates[id] == "eligible"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
