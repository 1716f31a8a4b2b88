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
  addEventListener("online", () => location.reload());
  document.querySelector("[data-again]")?.addEventListener("click", () => location.reload());
})();
