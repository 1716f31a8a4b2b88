/* The board by itself: one language after the other, a soft sound and a spoken word when somebody is called, and the waits
   kept true. Without this file it comes anew every twenty seconds, in its first language. */
(() => {
  "use strict";
  const board = document.getElementById("live");
  if (!board) return;
  const EVERY = 8000, RENEW = 30000;
  const said = document.getElementById("called");
  const faces = () => [...board.querySelectorAll(".k-face")];

  // ------------------------------------------------------------------ languages
  let now = faces()[0]?.lang;
  let held = false;
  function show() {
    const all = faces();
    if (!all.some((face) => face.lang === now)) now = all[0]?.lang;
    for (const face of all) if (face.hidden === (face.lang === now)) face.hidden = face.lang !== now;
  }
  setInterval(() => {
    const all = faces();
    if (held || all.length < 2) return;
    now = all[(all.findIndex((face) => face.lang === now) + 1) % all.length].lang;
    show();
  }, EVERY);
  const hold = document.querySelector("[data-hold]");
  if (hold) {
    const word = () => { hold.textContent = held ? hold.dataset.off : hold.dataset.on; };
    hold.hidden = false;
    hold.addEventListener("click", () => { held = !held; word(); });
    word();
  }

  // ------------------------------------------------------------------ sound: two soft tones, made here
  let audio = null;
  const on = document.querySelector("[data-sound-on]");
  if ("sound" in board.dataset && "AudioContext" in window) {
    audio = new AudioContext();
    const silent = () => { if (on) on.hidden = audio.state === "running"; };
    audio.addEventListener("statechange", silent);
    on?.addEventListener("click", () => audio.resume().then(sound));
    silent();
  }
  function sound() {
    document.documentElement.dataset.sounded = String(Number(document.documentElement.dataset.sounded || 0) + 1);
    if (audio?.state !== "running") return;
    for (const [at, pitch] of [[0, 659], [0.28, 523]]) {
      const tone = audio.createOscillator(), loud = audio.createGain(), start = audio.currentTime + at;
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0, start);
      loud.gain.linearRampToValueAtTime(0.25, start + 0.03);
      loud.gain.exponentialRampToValueAtTime(0.001, start + 0.9);
      tone.connect(loud).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 1);
    }
  }

  // ------------------------------------------------------------------ somebody is called
  const lastOf = () => faces()[0]?.dataset.last || "";
  let last = lastOf();
  function look() {
    // What this screen was is over: its first page says what it can be.
    if (!faces().length) { location.replace(location.href); return; }
    show();
    if (lastOf() === last) return;
    last = lastOf();
    if (!last) return;
    said.textContent = faces().find((face) => face.lang === now)?.dataset.say || "";
    if ("sound" in board.dataset) sound();
  }
  new MutationObserver(look).observe(board, { childList: true });

  // A minute after a call, and as people wait, nothing happens that anybody would tell us of.
  setInterval(async () => {
    let page;
    try {
      const answer = await fetch(location.href, { headers: { "X-Kohti-Fresh": "1" }, credentials: "same-origin" });
      if (answer.redirected) { location.replace(location.href); return; }
      if (!answer.ok) return;
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch { return; }
    const fresh = page.getElementById("live");
    if (fresh) board.replaceChildren(...document.adoptNode(fresh).childNodes);
  }, RENEW);
  show();
})();
