/**
 * <homeward-open>: the page that a client's link opens. The token stands behind the #, which no server and no log ever
 * sees. It moves into the form and out of the address bar. Nothing is sent until somebody presses the button.
 */

const TOKEN = /^[A-Za-z0-9_-]{20,200}$/;

class HomewardOpen extends HTMLElement {
  connectedCallback() {
    this.#take();
    addEventListener("hashchange", () => this.#take()); // a second link, opened in the same tab
  }

  #take() {
    const token = location.hash.slice(1);
    if (!TOKEN.test(token)) return;
    this.querySelector("input[name=token]").value = token;
    history.replaceState(null, "", location.pathname + location.search);
    this.querySelector("form").hidden = false;
  }
}

customElements.define("homeward-open", HomewardOpen);
