/** Whether there is anything to see in a text: the same rule as on the server. */

const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Z}\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}\u2800\ufffc\u{1d159}\u{13441}\u{13442}]/gu;

export function isVisible(text) {
  return text.replace(UNSEEN, "") !== "";
}
