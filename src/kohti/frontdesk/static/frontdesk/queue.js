/* What the queue page keeps true by itself between two pieces of news: who is next for me, who is with me, how long
   people have waited. The server decides whom "call next" calls; this only keeps the words beside the button true. */
(() => {
  "use strict";
  const panel = () => document.querySelector("[data-next]");

  function sayNext() {
    const me = panel().dataset.for;
    const lines = document.getElementById("board").dataset.everybody.split(" ");
    const next = [...document.querySelectorAll(".k-card[data-state=waiting]")]
      .filter((card) => (card.dataset.staff ? card.dataset.staff === me : lines.includes(card.dataset.stream)))
      .sort((one, other) => (one.dataset.order < other.dataset.order ? -1 : 1))[0];
    const words = panel().querySelector("[data-next-words]");
    // Trimmed on both sides: who gave no name has only a ticket, and writing the same text again would wake us again.
    const text = (next ? next.dataset.words : words.dataset.nobody).trim();
    if (words.textContent.trim() !== text) words.textContent = text;
  }

  // News is rendered once for everybody; which of the cards are mine is known here.
  function bringMine() {
    const me = panel().dataset.for;
    if (!me) return;
    for (const card of document.querySelectorAll(`#busy > [data-with="${CSS.escape(me)}"]`)) {
      const focus = card.contains(document.activeElement) ? document.activeElement : null;
      document.getElementById("mine").append(card);
      focus?.focus({ preventScroll: true });
    }
  }

  // A card says how long somebody had waited when it was made; since then time has gone on.
  const made = new WeakMap();
  function countMinutes() {
    for (const shown of document.querySelectorAll("[data-minutes]")) {
      if (!made.has(shown)) made.set(shown, { at: Date.now(), minutes: Number(shown.textContent) });
      const { at, minutes } = made.get(shown);
      const text = String(minutes + Math.floor((Date.now() - at) / 60000));
      if (shown.textContent !== text) shown.textContent = text;
      shown.closest(".k-card").toggleAttribute("data-late", Number(text) >= Number(document.getElementById("board").dataset.promise));
    }
  }

  function keepTrue() {
    if (!panel()) return;
    bringMine();
    sayNext();
    countMinutes();
  }
  new MutationObserver(keepTrue).observe(document.getElementById("main"), { childList: true, subtree: true });
  setInterval(countMinutes, 15000);
  keepTrue();
})();
