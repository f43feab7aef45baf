/** Numbers the rows of a repeat: in names, ids and what points to them, and in the legend. */

import { write } from "./make.js";

const ATTRIBUTES = ["id", "name", "for", "href", "aria-describedby", "aria-labelledby", "data-field"];
const INDEX = "__index__";
const NUMBER = "__number__";

export class Numbering {
  /** The template is one row, with __index__ (from 0) and __number__ (from 1) where they belong. */
  constructor(template) {
    this.template = template;
    this.row = template.content.firstElementChild;
    this.prefixes = [...new Set(tokens(this.row).filter((token) => token.includes(INDEX)).map(beforeIndex))];
    this.legend = this.row.querySelector("legend")?.textContent ?? "";
  }

  newCard(index) {
    const row = this.row.cloneNode(true);
    for (const element of [row, ...row.querySelectorAll("*")]) {
      for (const { name, value } of [...element.attributes]) {
        element.setAttribute(name, value.replaceAll(INDEX, index).replaceAll(NUMBER, index + 1));
      }
    }
    for (const text of textsOf(row)) text.data = text.data.replaceAll(NUMBER, index + 1);
    return row;
  }

  apply(row, index) {
    row.dataset.index = index;
    for (const element of [row, ...row.querySelectorAll("*")]) {
      for (const name of ATTRIBUTES) {
        if (!element.hasAttribute(name)) continue;
        const value = element.getAttribute(name);
        const numbered = value.split(" ").map((token) => this.#numbered(token, index)).join(" ");
        if (numbered !== value) element.setAttribute(name, numbered);
      }
    }
    if (!this.legend.includes(NUMBER)) return;
    write(row.querySelector(":scope > legend"), this.legend.replaceAll(NUMBER, index + 1));
  }

  /** Runs a change of names; two radio groups that share a name for a moment would lose an answer. */
  keepingAnswers(roots, change) {
    const checked = roots.flatMap((root) => [...root.querySelectorAll("input[type=radio]:checked")]);
    change();
    for (const radio of checked) radio.checked = true;
  }

  #numbered(token, index) {
    const prefix = this.prefixes.find((start) => token.startsWith(start) && /^\d/.test(token.slice(start.length)));
    return prefix === undefined ? token : prefix + token.slice(prefix.length).replace(/^\d+/, index);
  }
}

function tokens(row) {
  return [row, ...row.querySelectorAll("*")].flatMap((element) =>
    ATTRIBUTES.flatMap((name) => (element.getAttribute(name) ?? "").split(" ")),
  );
}

function beforeIndex(token) {
  return token.slice(0, token.indexOf(INDEX));
}

function textsOf(row) {
  const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  return texts;
}
