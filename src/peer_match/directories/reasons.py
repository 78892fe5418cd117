"""Why a row was doubted or refused: one table of codes, each explained once.

A code never changes its meaning; a new meaning gets a new code.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The code of a reason. `REASONS` explains each."""

    # The row could not become a group.
    NOT_A_RECORD = "not-a-record"
    NAME_MISSING = "name-missing"
    ID_MISSING = "id-missing"
    SERVICE_MISSING = "service-missing"
    UNPUBLISHED = "unpublished"
    SAME_ID_AND_TIME = "same-id-and-time"
    SAME_MEETING = "same-meeting"
    GROUP_NOT_VALID = "group-not-valid"
    CODE_NOT_IN_VOCABULARY = "code-not-in-vocabulary"
    # The row became a group; something of it is in doubt.
    ID_REPLACED = "id-replaced"
    SAME_ID_JOINED = "same-id-joined"
    ROWS_DISAGREE = "rows-disagree"
    NAME_SHORTENED = "name-shortened"
    BY_APPOINTMENT = "by-appointment"
    DAY_MISSING = "day-missing"
    DAY_NOT_UNDERSTOOD = "day-not-understood"
    TIME_MISSING = "time-missing"
    TIME_NOT_UNDERSTOOD = "time-not-understood"
    MIDNIGHT_AS_23_59 = "midnight-as-23-59"
    LENGTH_ASSUMED = "length-assumed"
    END_NOT_UNDERSTOOD = "end-not-understood"
    END_EQUALS_START = "end-equals-start"
    END_BEFORE_START = "end-before-start"
    LENGTH_UNLIKELY = "length-unlikely"
    ZONE_MISSING = "zone-missing"
    ZONE_NOT_UNDERSTOOD = "zone-not-understood"
    ZONE_OFFSET_ONLY = "zone-offset-only"
    MAY_NOT_BE_WEEKLY = "may-not-be-weekly"
    NOT_WEEKLY = "not-weekly"
    SCHEDULE_ENDS = "schedule-ends"
    INACTIVE = "inactive"
    MAY_BE_CANCELLED = "may-be-cancelled"
    LOCATION_CLOSED = "location-closed"
    ATTENDANCE_INFERRED = "attendance-inferred"
    ATTENDANCE_NOT_UNDERSTOOD = "attendance-not-understood"
    ATTENDANCE_UNKNOWN = "attendance-unknown"
    PLACE_MISSING = "place-missing"
    PLACE_AT_ZERO = "place-at-zero"
    PLACE_NOT_UNDERSTOOD = "place-not-understood"
    PLACE_APPROXIMATE = "place-approximate"
    UPDATED_MISSING = "updated-missing"
    UPDATED_NOT_UNDERSTOOD = "updated-not-understood"
    UPDATED_AMBIGUOUS = "updated-ambiguous"
    UPDATED_AFTER_RETRIEVAL = "updated-after-retrieval"
    TYPES_MISSING = "types-missing"
    TYPES_NOT_UNDERSTOOD = "types-not-understood"
    LIMITS_UNCLEAR = "limits-unclear"
    BELIEF_UNCLEAR = "belief-unclear"
    TYPE_NOT_KNOWN = "type-not-known"
    TEXT_SPEAKS_OF_A_LIMIT = "text-speaks-of-a-limit"
    TEXT_SPEAKS_OF_A_SETTING = "text-speaks-of-a-setting"
    NAME_OF_A_FAMILY_GROUP = "name-of-a-family-group"
    # Of the feed as a whole.
    CODE_NOT_MAPPED = "code-not-mapped"
    FELLOWSHIP_NOT_CONFIGURED = "fellowship-not-configured"
    TERM_MISSING = "term-missing"


REASONS: dict[Reason, str] = {
    Reason.NOT_A_RECORD: "the row is not a JSON object, so it holds no listing",
    Reason.NAME_MISSING: "the listing has no public name to show",
    Reason.ID_MISSING: "the listing has no slug or id, so nothing could refer to it again",
    Reason.SERVICE_MISSING: "the record is not a service, nor a service at a location",
    Reason.UNPUBLISHED: "the directory marks the listing as not published",
    Reason.SAME_ID_AND_TIME: "another row has the same id and was kept in its stead",
    Reason.SAME_MEETING: (
        "another row lists the same meeting: same name, place, day, time and facts"
    ),
    Reason.GROUP_NOT_VALID: "the group does not have the shape of a group of this project",
    Reason.CODE_NOT_IN_VOCABULARY: "the group uses a code that the vocabularies do not have",
    Reason.ID_REPLACED: (
        "the slug holds more than letters, digits and `._%-`, so an id was made from its digest"
    ),
    Reason.SAME_ID_JOINED: "several rows have this id: they are one group with their times",
    Reason.ROWS_DISAGREE: (
        "several rows have this id and disagree: what they disagree on is unknown, and what keeps "
        "people out counts"
    ),
    Reason.NAME_SHORTENED: "the name is longer than the format allows and was cut",
    Reason.BY_APPOINTMENT: (
        "no day and no time: the group meets by appointment, so no schedule can be checked"
    ),
    Reason.DAY_MISSING: "a time without a day, so no schedule can be checked",
    Reason.DAY_NOT_UNDERSTOOD: "the day of the week could not be read with certainty",
    Reason.TIME_MISSING: "a day without a time, so no schedule can be checked",
    Reason.TIME_NOT_UNDERSTOOD: "the start time is not a clock time",
    Reason.MIDNIGHT_AS_23_59: (
        "starts at 23:59, which is often written for midnight; read as listed"
    ),
    Reason.LENGTH_ASSUMED: "no end and no duration: one hour is assumed",
    Reason.END_NOT_UNDERSTOOD: "the end or duration could not be read: one hour is assumed",
    Reason.END_EQUALS_START: "ends when it starts: one hour is assumed",
    Reason.END_BEFORE_START: "ends before it starts and is not overnight: one hour is assumed",
    Reason.LENGTH_UNLIKELY: "longer than four hours: perhaps opening hours, not one meeting",
    Reason.ZONE_MISSING: "no time zone in the row or in the settings: its time cannot be compared",
    Reason.ZONE_NOT_UNDERSTOOD: "the time zone of the row is not in the time zone database",
    Reason.ZONE_OFFSET_ONLY: "the row gives an offset from UTC, which is not a time zone",
    Reason.MAY_NOT_BE_WEEKLY: "its text speaks of some weeks, months or seasons only",
    Reason.NOT_WEEKLY: "the schedule repeats, but not every week",
    Reason.SCHEDULE_ENDS: "the schedule has a last day; after it nothing is known",
    Reason.INACTIVE: "the directory says that the group does not meet at present",
    Reason.MAY_BE_CANCELLED: (
        "its text speaks of a cancelled or suspended meeting: whether it meets is unknown"
    ),
    Reason.LOCATION_CLOSED: "the location is temporarily closed: no meeting in person",
    Reason.ATTENDANCE_INFERRED: "in person or online was read from address, link and type codes",
    Reason.ATTENDANCE_NOT_UNDERSTOOD: "the way of attending is not one that the format knows",
    Reason.ATTENDANCE_UNKNOWN: "nothing says whether it meets in person or online",
    Reason.PLACE_MISSING: "meets in person, and no coordinates say where",
    Reason.PLACE_AT_ZERO: "latitude and longitude are zero, which stands for missing",
    Reason.PLACE_NOT_UNDERSTOOD: "latitude and longitude are not a place on earth",
    Reason.PLACE_APPROXIMATE: "the coordinates are the middle of an area, not an address",
    Reason.UPDATED_MISSING: "nothing says when the listing was last confirmed",
    Reason.UPDATED_NOT_UNDERSTOOD: "the date of the last update could not be read",
    Reason.UPDATED_AMBIGUOUS: (
        "day and month of the last update cannot be told apart; the year is kept"
    ),
    Reason.UPDATED_AFTER_RETRIEVAL: "the last update is later than the day the feed was fetched",
    Reason.TYPES_MISSING: "no type codes, so nothing says who the meeting is for",
    Reason.TYPES_NOT_UNDERSTOOD: "the type codes are not a list of codes",
    Reason.LIMITS_UNCLEAR: "the codes for whom the meeting is limited to do not fit together",
    Reason.BELIEF_UNCLEAR: "several codes say different things about faith",
    Reason.TYPE_NOT_KNOWN: (
        "a type code is not in the format's list: whether it keeps anybody out is unknown"
    ),
    Reason.TEXT_SPEAKS_OF_A_LIMIT: (
        "its name or text speaks of people for whom it is meant, and no code does: whom it is "
        "limited to is unknown"
    ),
    Reason.TEXT_SPEAKS_OF_A_SETTING: (
        "its name or text speaks of a prison, a house or a service: whether outsiders may come is "
        "unknown"
    ),
    Reason.NAME_OF_A_FAMILY_GROUP: (
        "it is called a family group in a feed of another fellowship: what it is for is unknown"
    ),
    Reason.CODE_NOT_MAPPED: "no vocabulary maps this code of the feed, so it was not used",
    Reason.FELLOWSHIP_NOT_CONFIGURED: (
        "no fellowship is configured for the feed: what its groups are for is unknown"
    ),
    Reason.TERM_MISSING: (
        "a vocabulary lacks a term that this format needs, so the fact stays unknown"
    ),
}

LEFT_OUT_ON_PURPOSE = frozenset({Reason.SAME_MEETING, Reason.UNPUBLISHED})
"""Reasons of rows that are refused and no loss: the meeting is in the list already, or the
directory itself does not offer it."""
