/** Prints the page for any button with data-hw-print. What is on paper is the stylesheet's business. */

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-hw-print]")) window.print();
});
