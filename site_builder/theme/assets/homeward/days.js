/** Days: which can be meant, by the server's rule. The page may be old, so today is asked of the clock. */

const EARLIEST = "1900-01-01";
const LATEST = "2100-12-31"; // of a question that asks for a day to come
const FIRST_TO_SEE_A_DAY = 14 * 60 * 60 * 1000; // milliseconds ahead of UTC: nobody's today is refused

export const TOO_EARLY = "Check the year. It has to be 1900 or later";
export const TOO_LATE = "This day is still to come. Check the date";
export const FAR_TOO_LATE = "Check the year. It has to be 2100 or earlier";

/** Today where it begins first. */
export function latestToday(now = Date.now()) {
  return new Date(now + FIRST_TO_SEE_A_DAY).toISOString().slice(0, 10);
}

/** What is wrong with a day as a date picker has it (YYYY-MM-DD); "" for nothing. */
export function problemOfDay(day, future = false) {
  if (day < EARLIEST) return TOO_EARLY;
  if (future) return day > LATEST || day.length > LATEST.length ? FAR_TOO_LATE : "";
  return day > latestToday() || day.length > LATEST.length ? TOO_LATE : "";
}

/** Lets the picker offer no day that is still to come. */
export function limitDays(form) {
  for (const input of form.querySelectorAll("input[type=date]")) {
    if (!mayBeToCome(input)) input.max = latestToday();
  }
}

/** A day to come has its limit from the server. */
export function mayBeToCome(input) {
  return input.max === LATEST;
}
