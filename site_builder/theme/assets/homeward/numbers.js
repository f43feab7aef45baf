/** Numbers as people write them: read where that is beyond doubt, by the same rules and words as on the server. */

export const NO_NUMBER = "Give a number, in figures";
export const IN_DOUBT = "It is not certain which number this is. Write ten thousand as 10000, ten as 10";
export const TOO_LARGE = "That number is too large";
export const TOO_EXACT = "That number has more than 15 figures. Round it";
export const NO_LENGTH = "Give hours and minutes as whole numbers, like 1 hour 30 minutes";

const LARGEST = 10 ** 12;
const MOST_FIGURES = 15;
const ANY = { at_least: -LARGEST, at_most: LARGEST, decimals: 0, unit: "" };
const SIGNS = [
  [/[\u2010-\u2014\u2212\ufe63\uff0d]/g, "-"],
  [/[\ufe62\uff0b]/g, "+"],
  [/[\u060c\ufe50\uff0c]/g, ","],
  [/[\ufe52\uff0e]/g, "."],
  [/[\u066c\u02bc\u2018\u2019\uff07]/g, "'"],
  [/[\u066a\ufe6a\uff05]/g, "%"],
  [/\uff1a/g, ":"],
  [/\p{Zs}/gu, " "],
  [/\p{Cf}/gu, ""],
  [/(?![0-9])\p{Nd}/gu, figureOf],
];
const NUMBER =
  /^([+-]?) ?([0-9]*|[1-9][0-9]{0,2}([,.' ])[0-9]{3}(?:\3[0-9]{3})*|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3})(?:([.,\u066b])([0-9]+))?$/;
const CLOCK = /^([0-9]{1,3}):([0-5][0-9])$/;
const SHORT = { min: "minute", h: "hour", hr: "hour", sec: "second" };

/** What was typed with figures, signs and spaces as ASCII has them, without what cannot be seen. */
export function plain(typed) {
  return SIGNS.reduce((text, [pattern, sign]) => text.replace(pattern, sign), typed).trim();
}

/** `{number}`, null for nothing typed, or `{problem}` in the server's words. */
export function readNumber(typed, limits = {}) {
  return read(plain(typed), { ...ANY, ...limits });
}

/** `{number}` of minutes, null for nothing typed, or `{problem}`; 7:30 in the place of hours holds both. */
export function readLength(hours, minutes) {
  const clock = CLOCK.exec(plain(hours));
  const parts = [
    clock ? { number: Number(clock[1]) } : readNumber(hours, { unit: "hours" }),
    readNumber(minutes, { unit: "minutes" }),
  ];
  const problem = parts.map((part) => part?.problem).find(Boolean);
  if (problem) return { problem };
  if (clock) return parts[1] ? { problem: NO_LENGTH } : { number: 60 * Number(clock[1]) + Number(clock[2]) };
  if (parts.some((part) => part && !(part.number >= 0 && Number.isInteger(part.number)))) return { problem: NO_LENGTH };
  if (!parts[0] && !parts[1]) return null;
  return { number: 60 * (parts[0]?.number ?? 0) + (parts[1]?.number ?? 0) };
}

function read(typed, limits) {
  if (!typed) return null;
  const match = NUMBER.exec(withoutUnit(typed, limits.unit));
  if (!match) return { problem: NO_NUMBER };
  const [, sign, grouped, , point = "", fraction = ""] = match;
  const whole = grouped.replace(/[^0-9]/g, "");
  if (!(whole + fraction) || (point && grouped.includes(point))) return { problem: NO_NUMBER };
  if (/[,.]/.test(point) && grouped === whole && mayBeThousands(whole, fraction)) {
    return settled(sign, whole, fraction, limits);
  }
  return exact(sign, whole, fraction);
}

function mayBeThousands(whole, fraction) {
  if (!/[1-9]/.test(whole)) return false;
  if (fraction.length === 3) return whole.length <= 3 && !whole.startsWith("0");
  return fraction.length > 3 && !/[1-9]/.test(fraction);
}

function settled(sign, whole, fraction, limits) {
  if (fraction.length === 3) {
    const fits = ({ number }) => limits.at_least <= number && number <= limits.at_most;
    const [parts, thousands] = [exact(sign, whole, fraction), exact(sign, whole + fraction, "")];
    if (fits(parts) && !fits(thousands) && limits.decimals >= 3) return parts;
    if (fits(thousands) && !fits(parts)) return thousands;
  }
  return { problem: IN_DOUBT };
}

function exact(sign, whole, fraction) {
  const [figures, decimals] = [whole.replace(/^0+/, ""), fraction.replace(/0+$/, "")];
  if (Number(figures) > LARGEST) return { problem: TOO_LARGE };
  if ((figures + decimals).replace(/^0+/, "").length > MOST_FIGURES) return { problem: TOO_EXACT };
  return { number: Number(`${sign}${figures || 0}.${decimals || 0}`) || 0 };
}

function withoutUnit(typed, unit) {
  const match = unit && /^(.*[0-9]) ?([^0-9]+)$/s.exec(typed);
  return match && singular(match[2]) === singular(unit) ? match[1] : typed;
}

function singular(unit) {
  const word = plain(unit).toLowerCase().replace(/[ .]+$/, "");
  const one = word.replace(/s$/, "") || word;
  return Object.hasOwn(SHORT, one) ? SHORT[one] : one;
}

/** The figures of a script follow each other in Unicode, from nought to nine. */
function figureOf(letter) {
  const isFigure = (code) => /\p{Nd}/u.test(String.fromCodePoint(code));
  const code = letter.codePointAt(0);
  let first = code;
  while (isFigure(first - 1)) first -= 1;
  return String((code - first) % 10);
}
