"""IANA zones by name."""

from zoneinfo import available_timezones

import pytest

from src.core.zones import UnknownTimezone, zone_named


def test_every_zone_is_found_by_its_own_name_in_any_letter_case() -> None:
    # `localtime` is the machine's own, which PostgreSQL does not know.
    names = sorted(available_timezones() - {"localtime"})

    assert [zone_named(name.upper()).key for name in names] == names


@pytest.mark.parametrize(
    "name", ["", "Nowhere", "localtime", "../UTC", "/etc/localtime", "Europe", "UTC+1", "Europe/Berlin\x00"]
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(UnknownTimezone):
        zone_named(name)


def test_a_refusal_names_the_nearest_zone() -> None:
    with pytest.raises(UnknownTimezone, match="'America/New_York'"):
        zone_named("America/NewYork")


def test_a_refusal_of_what_is_near_no_zone_names_an_example_and_stays_short() -> None:
    with pytest.raises(UnknownTimezone, match="such as 'Europe/Berlin'") as caught:
        zone_named("Mars/" + "x" * 5_000)

    assert len(caught.value.message) < 200
