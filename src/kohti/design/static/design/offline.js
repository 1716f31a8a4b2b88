/* On the page that says there is no connection: since when, and back to work as soon as there is one again. */
(() => {
  "use strict";

  const since = document.querySelector("[data-since]");
  caches.match("/offline/reached").then((kept) => kept?.text()).then((text) => {
    const at = Number(text);
    if (!at || !since) return;
    // Our English writes its days as in Britain, as every other page does.
    const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang || undefined;
    const time = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" }).format(at);
    since.textContent = since.dataset.since.replace("{time}", time);
    since.hidden = false;
  });
  // A kiosk that was in the middle of something begins anew: nobody stands there to say yes to sending it again.
  const back = () => { if (location.pathname.startsWith("/kiosk/")) location.replace("/kiosk/"); else location.reload(); };
  addEventListener("online", back);
  // A screen on a wall has nobody who presses: it asks by itself, and comes back when it is answered.
  const wall = location.pathname.match(/^\/(kiosk|board)\//)?.[0];
  if (wall) setInterval(() => { fetch(wall, { method: "HEAD", cache: "no-store", redirect: "manual" }).then(back, () => { /* not yet */ }); }, 10000);
  document.querySelector("[data-again]")?.addEventListener("click", () => location.reload());
})();
