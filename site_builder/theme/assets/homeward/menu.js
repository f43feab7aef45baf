/**
 * <homeward-menu>: closes the menu on Escape and on a tap elsewhere, and leads from it to the search. Without script
 * the menu opens and closes by its own button.
 */

class HomewardMenu extends HTMLElement {
  connectedCallback() {
    this.menu = this.querySelector("details");
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("pointerdown", (event) => {
      if (!this.contains(event.target)) this.menu.open = false;
    });
    this.querySelector(".hw-menu__search")?.addEventListener("click", () => this.#search());
  }

  #key(event) {
    if (event.key !== "Escape" || !this.menu.open) return;
    const wasInside = this.contains(document.activeElement);
    this.menu.open = false;
    if (wasInside) this.menu.querySelector("summary").focus();
  }

  #search() {
    this.menu.open = false;
    document.getElementById("__search").click();
    document.querySelector(".md-search__input").focus();
  }
}

customElements.define("homeward-menu", HomewardMenu);
