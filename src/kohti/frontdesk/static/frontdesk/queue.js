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
    sayStill();
  }

  function bringBack(card) {
    card.dataset.state = "waiting";
    const list = document.getElementById(`l-${card.dataset.stream}`);
    list?.insertBefore(card, [...list.children].find((other) => other.dataset.order > card.dataset.order) || null);
  }

  // How long each still waits comes from the server, with the news and with the page; here it is only written on the cards.
  let told = null;
  let toldAt = Date.now();
  function sayStill() {
    const board = document.getElementById("board");
    const still = document.getElementById("still");
    if (still !== told) { told = still; toldAt = Date.now(); }
    const pairs = still.dataset.told.split(" ");
    const minutes = new Map(pairs.flatMap((id, at) => (at % 2 ? [] : [[`v${id}`, Number(pairs[at + 1])]])));
    for (const card of document.querySelectorAll(".k-card[data-state=waiting]")) {
      const left = minutes.get(card.id);
      const text = left === undefined ? "–" : left < 5 ? board.dataset.few : board.dataset.about.replace("{n}", left);
      const shown = card.querySelector("[data-about]");
      if (shown.textContent !== text) shown.textContent = text;
      const promise = Number(card.dataset.promise);
      const { waited } = since(card);
      card.toggleAttribute("data-soon", left !== undefined && waited < promise && promise < waited + left);
    }
  }

  // While nothing happens nobody tells: then it is asked, which the server does not take for somebody at the desk.
  async function askStill() {
    const still = document.getElementById("still");
    if (!still || document.hidden || Date.now() - toldAt < 60000) return;
    toldAt = Date.now();
    const answer = await fetch(still.dataset.from, { headers: { "X-Kohti-Fresh": "1" }, credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    still.dataset.told = await answer.text();
    sayStill();
  }

  function keepTrue() {
    if (!panel()) return;
    bringMine();
    sayNext();
    countMinutes();
  }
  new MutationObserver(keepTrue).observe(document.getElementById("main"), { childList: true, subtree: true });
  setInterval(() => { countMinutes(); askStill(); }, 15000);
  keepTrue();
})();
