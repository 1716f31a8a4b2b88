/* Answers only where a page is opened and nobody can be reached: with the one page that says so, or, where a form was
   sent, by leaving the form as it is. It keeps nothing else. */
(() => {
  "use strict";

  const KEPT = "kohti-offline-1";
  const PAGE = "/offline/";
  const REACHED = "/offline/reached";
  const WITH_IT = ["/static/design/designsystemet-theme.css", "/static/design/designsystemet.css", "/static/design/kohti.css",
    "/static/design/offline.js", "/static/design/fonts/atkinson-hyperlegible-next-latin.woff2"];

  async function keepPage() {
    const kept = await caches.open(KEPT);
    await kept.addAll([PAGE, ...WITH_IT].map((address) => new Request(address, { cache: "no-cache" })));
  }

  async function noteReached() {
    const kept = await caches.open(KEPT);
    await kept.put(REACHED, new Response(String(Date.now())));
  }

  // A form that did not get through stays on the screen, filled in; leaving one's account shows nobody's work.
  const keeps = (request) => request.method === "POST" && !new URL(request.url).pathname.startsWith("/account/");

  async function unsent(event) {
    const open = await self.clients.matchAll({ type: "window" });
    const from = open.find((one) => one.id === event.clientId) || open.find((one) => one.focused);
    from?.postMessage("unsent");
    return new Response(null, { status: 204 });
  }

  async function opened(event) {
    try {
      const answer = (await event.preloadResponse) || (await fetch(event.request));
      event.waitUntil(noteReached());
      return answer;
    } catch (trouble) {
      if (keeps(event.request)) return await unsent(event);
      const page = await caches.match(PAGE);
      if (page) return page;
      throw trouble;
    }
  }

  self.addEventListener("install", (event) => { event.waitUntil(keepPage().then(() => self.skipWaiting())); });

  self.addEventListener("activate", (event) => {
    event.waitUntil((async () => {
      for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
      await self.registration.navigationPreload?.enable();
      await self.clients.claim();
    })());
  });

  self.addEventListener("fetch", (event) => {
    if (event.request.mode === "navigate") { event.respondWith(opened(event)); return; }
    // The page's own style sheet and font, when they cannot be fetched: everything else goes its usual way.
    if (event.request.method === "GET" && WITH_IT.includes(new URL(event.request.url).pathname)) {
      event.respondWith(fetch(event.request).catch(async (trouble) => { const kept = await caches.match(event.request, { ignoreSearch: true }); if (kept) return kept; throw trouble; }));
    }
  });

  // Somebody chose another language: the page is fetched again in it.
  self.addEventListener("message", (event) => {
    event.waitUntil((async () => {
      const page = await caches.match(PAGE);
      const language = page && (await page.text()).match(/<html lang="([\w-]+)"/)?.[1];
      if (language !== event.data) await keepPage();
    })());
  });
})();
