/* Who is next for me changes with every card. The server decides whom "call next" calls; this only keeps the words
   beside the button true between two pages. */
(() => {
  "use strict";
  function say() {
    const panel = document.querySelector("[data-next]");
    if (!panel) return;
    const me = panel.dataset.for;
    const everybody = panel.dataset.everybody.split(" ");
    const next = [...document.querySelectorAll(".k-card[data-state=waiting]")]
      .filter((card) => (card.dataset.staff ? card.dataset.staff === me : everybody.includes(card.dataset.stream)))
      .sort((one, other) => (one.dataset.order < other.dataset.order ? -1 : 1))[0];
    const words = panel.querySelector("[data-next-words]");
    const text = next ? next.dataset.words : words.dataset.nobody;
    if (words.textContent.trim() !== text) words.textContent = text;
  }
  new MutationObserver(say).observe(document.getElementById("main"), { childList: true, subtree: true });
})();
