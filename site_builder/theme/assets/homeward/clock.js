/** Marks a length of time on a night when this device's clock is changed: it stays what the clock says. */

export const BY_THE_CLOCK = "by the clock, which was changed around this day";

/** Whether the clock is changed from one time of day to the next occurrence of the other, on or by one of the days. */
export function isChanged(day, [start, end]) {
  const [year, month, date] = day.split("-").map(Number);
  const over = end <= start ? 1 : 0;
  const offset = (days, time) => {
    const [hours, minutes] = time.split(":").map(Number);
    return new Date(year, month - 1, date + days, hours, minutes).getTimezoneOffset();
  };
  const first = over ? -1 : 0; // the day may be that of the evening, or that of the morning
  return [first, first + 1].some((days) => offset(days, start) !== offset(days + over, end));
}

/** The days that are filled in beside a value: those of its own row, or else those of the form. */
export function daysBeside(row, form) {
  const daysIn = (part, inCards) =>
    [...part.querySelectorAll("input[type=date]")]
      .filter((input) => input.value && !input.disabled && (inCards || !input.closest(".hw-card, .hw-late__row")))
      .map((input) => input.value);
  const card = row.closest(".hw-card");
  const own = card ? daysIn(card, true) : [];
  return own.length ? own : daysIn(form, false);
}
