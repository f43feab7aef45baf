/** Gives names and levels to what Datasette's own pages leave without, for who listens to them. */

const NAMES = {
  '[name^="_filter_column"]': "Column",
  '[name^="_filter_op"]': "Comparison",
  ".filter-value": "Value",
  "#sort_by": "Sort by",
  "#sql-editor, .cm-content": "SQL",
};

for (const [selector, name] of Object.entries(NAMES)) {
  for (const control of document.querySelectorAll(selector)) control.setAttribute("aria-label", name);
}

// CodeMirror brings a text area of its own, after the page has loaded.
const editor = new MutationObserver(() => {
  for (const area of document.querySelectorAll(".CodeMirror textarea")) area.setAttribute("aria-label", "SQL");
});
editor.observe(document.body, { childList: true, subtree: true });

// A heading of the third level that comes before any of the second is one of the second.
for (const heading of document.querySelectorAll("main h2, main h3")) {
  if (heading.matches("h2")) break;
  heading.setAttribute("role", "heading");
  heading.setAttribute("aria-level", "2");
}

// What the columns mean is a screen long or more; the rows are what people came for.
const meanings = document.querySelector("dl.column-descriptions");
if (meanings) {
  const folded = document.createElement("details");
  const summary = document.createElement("summary");
  folded.className = "hw-meanings";
  summary.textContent = "What the columns mean";
  meanings.replaceWith(folded);
  folded.append(summary, meanings);
}
