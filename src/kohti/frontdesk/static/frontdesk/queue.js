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
  function since(card) {
    if (!made.has(card)) made.set(card, { at: Date.now(), minutes: Number(card.querySelector("[data-minutes]").textContent) });
    const { at, minutes } = made.get(card);
    return { seconds: (Date.now() - at) / 1000, waited: minutes + Math.floor((Date.now() - at) / 60000) };
  }

  function countMinutes() {
    for (const shown of document.querySelectorAll("[data-minutes]")) {
      const card = shown.closest(".k-card");
      const { waited, seconds } = since(card);
      const text = String(waited);
      if (shown.textContent !== text) shown.textContent = text;
      card.toggleAttribute("data-late", card.dataset.state === "waiting" && waited >= Number(card.dataset.promise));
      // Whoever was parked comes back by themselves, to their old place.
      if (card.dataset.state === "parked" && seconds >= Number(card.dataset.backIn)) bringBack(card);
    }
    sayAbout();
  }

  function bringBack(card) {
    card.dataset.state = "waiting";
    const list = document.getElementById(`l-${card.dataset.stream}`);
    list?.insertBefore(card, [...list.children].find((other) => other.dataset.order > card.dataset.order) || null);
  }

  // How long each still waits, by the rule of waiting.py: as many talks as are ahead have to end.
  function sayAbout() {
    const board = document.getElementById("board");
    const ahead = new Map();
    const cards = [...document.querySelectorAll(".k-card[data-state=waiting]")].sort((one, other) => (one.dataset.order < other.dataset.order ? -1 : 1));
    for (const card of cards) {
      const line = document.getElementById(`n-${card.dataset.stream}`)?.dataset;
      if (!line) continue;
      const { staff } = card.dataset;
      const pool = staff || card.dataset.stream;
      const before = ahead.get(pool) || 0;
      ahead.set(pool, before + 1);
      const hands = staff ? 1 : Number(line.hands);
      const busy = staff ? Number(Boolean(document.querySelector(`[data-with="${CSS.escape(staff)}"]`))) : Number(line.busy);
      const free = Math.max(0, Math.floor(hands) - busy);
      const { waited, seconds } = since(card);
      let minutes = before < free ? 0 : ((before - free + 1) * Number(line.talk)) / hands;
      minutes = Math.max(minutes, (Number(card.dataset.agreedIn || 0) - seconds) / 60);
      const known = hands > 0;
      const rounded = minutes < 3 ? 3 : Math.max(5, 5 * Math.round(minutes / 5));
      const text = !known ? "–" : rounded < 5 ? board.dataset.few : board.dataset.about.replace("{n}", rounded);
      const shown = card.querySelector("[data-about]");
      if (shown.textContent !== text) shown.textContent = text;
      const promise = Number(card.dataset.promise);
      card.toggleAttribute("data-soon", known && waited < promise && promise < waited + rounded);
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
