"""io.kestra.plugin.core.condition.PublicHoliday."""

from typing import ClassVar

from lanner.sdk.condition import ConditionContext, InvalidCondition
from lanner.sdk.property import Property
from lanner_plugins.core.condition.dates import DateCondition
from lanner_plugins.core.condition.samples import scheduled

DEFAULT_COUNTRY = "US"


class PublicHoliday(DateCondition):
    """Whether a date is a public holiday of a country or one of its parts."""

    examples: ClassVar[tuple[str, ...]] = (
        scheduled(
            "on_holidays",
            """\
- type: io.kestra.plugin.core.condition.PublicHoliday
  country: FR
""",
        ),
    )

    country: Property[str] | None = None
    """ISO 3166-1 code such as `FR`; `US` when absent."""
    sub_division: Property[str] | None = None
    """ISO 3166-2 code of a part without the country, such as `57` or `BY`."""

    def test(self, context: ConditionContext) -> bool:
        """Whether it is a holiday."""
        import holidays  # noqa: PLC0415  # calendars of all countries: only where one is asked for

        country = (context.value(self.country) if self.country is not None else DEFAULT_COUNTRY).strip().upper()
        part = context.value(self.sub_division).strip().upper() if self.sub_division is not None else None
        day = self.day(context)
        try:
            return day in holidays.country_holidays(country, subdiv=part, years=day.year)
        except NotImplementedError:
            where = f"{country!r} with part {part!r}" if part else repr(country)
            raise InvalidCondition(
                f"there is no calendar of holidays for {where}; country is a code of ISO 3166 such as 'FR'"
            ) from None
