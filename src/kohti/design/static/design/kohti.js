/* What the pages do by themselves. Every page works without this file; it makes them quicker and keeps them fresh.
   Nothing here builds HTML from text: fragments come rendered from the server and are only put in their place. */
(() => {
  "use strict";

  const TYPED = "textarea, select, [contenteditable], input:not([type=button], [type=submit], [type=reset], [type=checkbox], [type=radio], [type=hidden], [type=file], [type=range], [type=color])";
  const CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex]";
  const isTyping = (element) => element instanceof Element && element.matches(TYPED);
  const within = (root, selector) => [...(root instanceof Element && root.matches(selector) ? [root] : []), ...root.querySelectorAll(selector)];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // ------------------------------------------------------------------ the clock of the page

  // data-now is the product's local time when the page was made; in a sample it runs far from the browser's clock.
  const pageNow = document.body.dataset.now ? Date.parse(document.body.dataset.now.slice(0, 19) + "Z") : NaN;
  const opened = Date.now();
  function timeInWords(instant) {
    const known = !Number.isNaN(pageNow);
    const format = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(known ? { timeZone: "UTC" } : {}) });
    return format.format(known ? pageNow + (instant - opened) : instant);
  }

  // ------------------------------------------------------------------ keyboard

  const keysOff = () => localStorage.getItem("kohti:keys") === "off";

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target instanceof Element && event.target.closest("form[data-ctrl-enter]");
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.key.length !== 1) return;
    if (isTyping(event.target) || keysOff()) return;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target || target.disabled) return;
    event.preventDefault();
    target.focus();
    if (isTyping(target)) target.select?.();
    else target.click();
  });

  // WCAG 2.1.4: who speaks to the computer, or whose hand trembles, can turn single keys off.
  const keysSwitch = document.querySelector("[data-keys-switch]");
  if (keysSwitch && document.querySelector("[data-key]")) {
    const say = () => { keysSwitch.textContent = keysOff() ? keysSwitch.dataset.off : keysSwitch.dataset.on; };
    keysSwitch.hidden = false;
    say();
    keysSwitch.addEventListener("click", () => { localStorage.setItem("kohti:keys", keysOff() ? "on" : "off"); say(); });
  }

  // Tables breathe; whoever wants more of a long one on the screen asks once, and this browser keeps to it.
  const denseSwitch = document.querySelector("[data-dense-switch]");
  if (denseSwitch && document.querySelector(".k-table")) {
    const dense = () => localStorage.getItem("kohti:dense") === "on";
    const show = () => { document.body.toggleAttribute("data-dense", dense()); denseSwitch.textContent = dense() ? denseSwitch.dataset.on : denseSwitch.dataset.off; };
    denseSwitch.hidden = false;
    show();
    denseSwitch.addEventListener("click", () => { localStorage.setItem("kohti:dense", dense() ? "off" : "on"); show(); });
  }

  // A menu that hangs open gives way to whatever else is done.
  const closeMenus = (except) => { for (const menu of document.querySelectorAll(".k-drop[open]")) if (!except || !menu.contains(except)) menu.open = false; };
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("focusin", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector(".k-drop[open]");
    if (!menu) return;
    closeMenus();
    menu.querySelector("summary").focus();
  });

  // ------------------------------------------------------------------ what was typed and not yet sent

  const who = document.body.dataset.who || "";
  const KEPT = "kohti:kept:";
  const keptKey = (name) => `${KEPT}${who}:${name}`;
  const keepable = (control) => control.name && control.type !== "password" && control.type !== "hidden" && control.type !== "file"
    && control.autocomplete !== "one-time-code" && !("noKeep" in control.dataset);
  const keptOf = (name) => { try { return JSON.parse(sessionStorage.getItem(keptKey(name))) || {}; } catch { return {}; } };

  function forget(matching) {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(KEPT) && matching(key)) sessionStorage.removeItem(key);
  }

  // A counter is shared: as soon as somebody else works in this window, what the last one typed goes.
  if (who) forget((key) => !key.startsWith(`${KEPT}${who}:`));

  function keep(event) {
    const form = event.target.form;
    if (!form || !("keep" in form.dataset) || !keepable(event.target)) return;
    const values = {};
    for (const control of form.elements) {
      if (!keepable(control)) continue;
      if (control.type === "checkbox" || control.type === "radio") {
        (values[control.name] ||= []);
        if (control.checked) values[control.name].push(control.value);
      } else if (isTyping(control)) values[control.name] = control.value;
    }
    try { sessionStorage.setItem(keptKey(form.dataset.keep || form.id), JSON.stringify(values)); } catch { /* a full store loses nothing that is on the screen */ }
  }
  document.addEventListener("input", keep);
  document.addEventListener("change", keep);
  document.addEventListener("submit", (event) => { if ("forgetKept" in event.target.dataset) sessionStorage.clear(); });

  function restoreKept(root) {
    for (const mark of within(root, "[data-clear-kept]")) sessionStorage.removeItem(keptKey(mark.dataset.clearKept));
    for (const form of within(root, "form[data-keep]")) {
      const values = keptOf(form.dataset.keep || form.id);
      for (const control of form.elements) {
        if (!keepable(control) || !(control.name in values)) continue;
        const value = values[control.name];
        // What the server sent back filled in is at least as new as what we kept.
        if (control.type === "checkbox" || control.type === "radio") { if (Array.isArray(value)) control.checked = control.checked || value.includes(control.value); }
        else if (isTyping(control) && (control.value === "" || control instanceof HTMLSelectElement)) control.value = value;
      }
    }
  }

  // ------------------------------------------------------------------ things that are said for a moment

  const saying = new WeakSet();
  function startSaying(root) {
    for (const element of within(root, "[data-say-for]")) {
      if (saying.has(element)) continue;
      saying.add(element);
      const seconds = Number(element.dataset.sayFor) || 5;
      const end = () => {
        if (!element.isConnected) return;
        // Undo must not vanish under the hand that reaches for it.
        if (element.matches(":hover, :focus-within")) { setTimeout(end, 1000); return; }
        if (calm.matches) { element.remove(); return; }
        element.classList.add("k-fading");
        setTimeout(() => element.remove(), 450);
      };
      setTimeout(end, seconds * 1000);
    }
  }

  // ------------------------------------------------------------------ parts that live news renews

  // Every row of a list has the same buttons: where one leads tells them apart.
  function whereTo(control) {
    return control.getAttribute("formaction") || control.getAttribute("href") || control.form?.getAttribute("action") || "";
  }

  function placeOfFocus(container) {
    const active = document.activeElement;
    if (!active || !container.contains(active)) return null;
    const controls = [...container.querySelectorAll(CONTROLS)];
    return { self: active === container, id: active.id, goes: whereTo(active), name: active.name, value: active.type === "submit" || active.type === "radio" ? active.value : null, index: controls.indexOf(active) };
  }

  function giveFocusBack(container, place) {
    if (!place) return;
    const controls = [...container.querySelectorAll(CONTROLS)];
    const same = (place.self && container)
      || (place.id && controls.find((control) => control.id === place.id))
      || ((place.name || place.goes) && controls.find((control) => (control.name || "") === (place.name || "")
        && whereTo(control) === place.goes && (place.value === null || control.value === place.value)))
      || controls[Math.min(place.index, controls.length - 1)];
    (same || container).focus({ preventScroll: true });
  }

  function typingIn(element) {
    return element.contains(document.activeElement) && isTyping(document.activeElement);
  }

  // Order is by code point, as the server sorts it: nothing here knows what is being sorted.
  // A row of a table without data-order stands by its first cell, where times are.
  const orderOf = (element) => element.dataset.order ?? element.cells?.[0]?.textContent.trim();
  function putInOrder(container, element) {
    const order = orderOf(element);
    if (order === undefined) { if (element.parentElement !== container) container.append(element); return; }
    const next = [...container.children].find((sibling) => sibling !== element && orderOf(sibling) !== undefined && orderOf(sibling) > order) || null;
    const stands = element.parentElement === container
      && (element.nextElementSibling === next || (next === null && (!element.nextElementSibling || orderOf(element.nextElementSibling) === undefined)));
    if (!stands) container.insertBefore(element, next);
  }

  function settled(element) {
    window.htmx?.process(element);
    startSaying(element);
    restoreKept(element);
  }

  const waitingParts = new Map();

  function applyPart(element) {
    const old = document.getElementById(element.id);
    if (old && typingIn(old)) { waitingParts.set(element.id, element); return; }
    if ("gone" in element.dataset) {
      if (!old) return;
      if (old.contains(document.activeElement)) {
        const neighbour = old.nextElementSibling || old.previousElementSibling;
        const target = neighbour?.querySelector(CONTROLS) || document.getElementById("main");
        old.remove();
        target?.focus({ preventScroll: true });
      } else old.remove();
      return;
    }
    // What says nothing new disturbs nobody: a press is answered, and then told to everybody.
    if (old?.isEqualNode(element)) return;
    const container = element.dataset.into ? document.getElementById(element.dataset.into) : null;
    if (old) {
      const place = placeOfFocus(old);
      old.replaceWith(element);
      if (container) putInOrder(container, element);
      else if (orderOf(element) !== undefined && element.parentElement) putInOrder(element.parentElement, element);
      giveFocusBack(element, place);
    } else if (container) putInOrder(container, element);
    else return;
    settled(element);
    element.classList.add("k-renewed");
    setTimeout(() => element.classList.remove("k-renewed"), 1500);
  }

  function applyParts(html) {
    // A template takes bare <tr>, which a <div> would throw away; but rows and other things in one message
    // must each come in a <template> of their own, or the parser drops the rows.
    const template = document.createElement("template");
    template.innerHTML = html;
    const parts = [...template.content.children].flatMap((child) => (child instanceof HTMLTemplateElement ? [...child.content.children] : [child]));
    for (const element of parts) if (element.id) applyPart(element);
  }

  const region = () => document.getElementById("live") || document.querySelector("main[data-live]");

  let freshWaits = false;
  async function refetch() {
    const now = region();
    if (!now) return;
    if (typingIn(now)) { freshWaits = true; return; }
    freshWaits = false;
    let answer;
    try {
      answer = await fetch(location.href, { headers: { "X-Kohti-Fresh": "1" }, credentials: "same-origin" });
    } catch { return; }
    // Whose right has ended keeps nothing of it on the screen.
    if (answer.redirected || answer.status === 401 || answer.status === 403) { now.replaceChildren(); say("signedOut"); return; }
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = now.id ? page.getElementById(now.id) : page.querySelector("main[data-live]");
    if (!fresh) return;
    if (typingIn(now)) { freshWaits = true; return; }
    const place = placeOfFocus(now);
    const taken = document.adoptNode(fresh);
    waitingParts.clear();
    now.replaceChildren(...taken.childNodes);
    giveFocusBack(now, place);
    settled(now);
  }

  document.addEventListener("focusout", () => {
    // The new focus is known only after this event.
    setTimeout(() => {
      if (freshWaits) { refetch(); return; }
      for (const [id, element] of [...waitingParts]) { waitingParts.delete(id); applyPart(element); }
    }, 0);
  });

  // ------------------------------------------------------------------ the connection, told politely

  const banner = document.getElementById("connection");
  let lostAt = 0;
  let lostTimer = 0;

  function say(kind, instant = Date.now()) {
    if (banner) banner.textContent = banner.dataset[kind].replace("{time}", timeInWords(instant));
  }

  function lost() {
    if (lostAt) return;
    lostAt = Date.now();
    // Three seconds of silence are a hiccup, not news.
    lostTimer = setTimeout(() => say("lost", lostAt), 3000);
  }

  function found() {
    clearTimeout(lostTimer);
    if (lostAt && banner) banner.textContent = "";
    lostAt = 0;
  }

  // What the browser knows by itself; pages without live news hear of it no other way.
  addEventListener("offline", lost);
  addEventListener("online", () => { found(); document.dispatchEvent(new Event("kohti:back")); });

  // A form that cannot be sent stays as it is: pressed again it is sent, and its key makes it happen once. Whoever
  // locks the screen or signs out is let go, so that their work is not left standing.
  const leaves = (form) => "lock" in form.dataset || "forgetKept" in form.dataset;
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.defaultPrevented || event.target.method !== "post" || leaves(event.target)) return;
    event.preventDefault();
    say("unsent");
  });
  // The browser thought that it was connected: the worker noticed, and kept the page.
  navigator.serviceWorker?.addEventListener("message", (event) => { if (event.data === "unsent") say("unsent"); });

  // ------------------------------------------------------------------ live news: one stream for all tabs of a browser

  // quiet: beside the page's own news; it brings parts alone, from how things stand when it begins.
  function live(address, quiet = false) {
    const name = `kohti:live:${address}#${document.documentElement.lang}#${who}`;
    const channel = "BroadcastChannel" in window ? new BroadcastChannel(name) : null;
    let stream = null;
    let release = null;
    let retryTimer = 0;
    let tries = 0;
    let closed = false;
    let missed = false;
    let latest = null;
    let compared = quiet;
    let stands = null;

    // Between the making of the page and the opening of the stream something may have happened.
    function compare(version) {
      const made = liveMain?.dataset.version;
      if (compared || !made || version === null) return;
      compared = true;
      if (version !== made) refetch();
    }

    function take(kind, data) {
      if (kind === "parts") { stands = data; applyParts(data); notMyself(); sound(); }
      else if (kind === "fresh") { if (!quiet) refetch(); }
      else if (kind === "version") compare(data);
      else if (kind === "ask" && stream) channel?.postMessage(quiet ? ["parts", stands || ""] : ["version", latest]);
      else if (kind === "lost") lost();
      else if (kind === "found") found();
    }

    function tell(kind, data) {
      take(kind, data);
      channel?.postMessage([kind, data]);
    }

    function again(soonest) {
      stream?.close();
      stream = null;
      if (closed) return;
      missed = true;
      clearTimeout(retryTimer);
      // Everybody was cut off at the same moment; coming back at the same moment would cut everybody off again.
      const longest = Math.min(15000, 1000 * 2 ** tries);
      tries += 1;
      retryTimer = setTimeout(open, soonest + Math.random() * longest);
    }

    function open() {
      if (closed) return;
      stream = new EventSource(address);
      stream.addEventListener("open", () => {
        tries = 0;
        tell("found");
        if (missed) { missed = false; tell("fresh"); }
      });
      const note = (event) => { if (event.lastEventId) latest = event.lastEventId; };
      stream.addEventListener("hello", (event) => { latest = event.data; compare(latest); });
      stream.addEventListener("parts", (event) => { note(event); tell("parts", event.data); });
      // Every screen of the house hears this at once; they must not all ask at once.
      stream.addEventListener("fresh", (event) => {
        if (quiet) { again(0); return; }
        note(event); setTimeout(() => tell("fresh"), Math.random() * 1000); });
      stream.addEventListener("end", () => { tell("lost"); again(250); });
      stream.addEventListener("error", () => { tell("lost"); again(500); });
    }
    addEventListener("online", () => { if (release || !channel) { tries = 0; again(0); } });

    // The tab that holds the lock holds the stream; when it closes, the next one takes over.
    const lead = () => new Promise((done) => { release = done; open(); });
    if (channel && navigator.locks) {
      channel.onmessage = (event) => take(...event.data);
      navigator.locks.request(name, { ifAvailable: true }, (lock) => {
        if (closed) return undefined;
        if (lock) return lead();
        // Whoever inherits the stream may have missed something in between.
        navigator.locks.request(name, () => { if (closed) return undefined; missed = true; return lead(); });
        channel.postMessage(["ask"]);
        return undefined;
      });
    } else open();

    return () => {
      closed = true;
      clearTimeout(retryTimer);
      clearTimeout(lostTimer);
      stream?.close();
      channel?.close();
      release?.();
    };
  }

  // News is rendered once for everybody: whoever asked is not offered to go.
  function notMyself() {
    const me = document.querySelector("[data-help]")?.dataset.me;
    if (me) document.querySelectorAll(`[data-help] [data-by="${CSS.escape(me)}"] [data-goes]`).forEach((button) => button.remove());
  }

  // Heard once for each call for help; a browser nobody has touched yet stays silent, and the words are there all the same.
  const heard = new Set();
  function sound() {
    const calls = [...document.querySelectorAll("[data-sound] [data-call]")].map((one) => one.dataset.call);
    const fresh = calls.some((one) => !heard.has(one));
    calls.forEach((one) => heard.add(one));
    if (!fresh || !("AudioContext" in window) || !navigator.userActivation?.hasBeenActive) return;
    const audio = new AudioContext();
    for (const [pitch, at] of [[660, 0], [880, 0.25]]) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = pitch;
      volume.gain.value = 0.1;
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + at);
      tone.stop(audio.currentTime + at + 0.2);
    }
    setTimeout(() => audio.close(), 1000);
  }

  const helpCalls = document.querySelector("[data-help]");
  if (helpCalls && "EventSource" in window) {
    let stopHelp = live(helpCalls.dataset.help, true);
    addEventListener("pagehide", () => stopHelp());
    document.addEventListener("kohti:leaving", () => stopHelp());
    addEventListener("pageshow", (event) => { if (event.persisted) stopHelp = live(helpCalls.dataset.help, true); });
  }

  const liveMain = document.querySelector("[data-live]");
  if (liveMain && "EventSource" in window) {
    let stop = live(liveMain.dataset.live);
    addEventListener("pagehide", () => stop());
    // Whoever locks the screen or signs out is told nothing more, not even that they are.
    document.addEventListener("kohti:leaving", () => stop());
    document.addEventListener("submit", (event) => { if ("forgetKept" in event.target.dataset) stop(); });
    // Back from the browser's own memory of pages: the stream is new and what stands here is old.
    addEventListener("pageshow", (event) => { if (event.persisted) { stop = live(liveMain.dataset.live); refetch(); } });
  }

  // ------------------------------------------------------------------ htmx: what goes wrong is said, what was typed stays

  document.addEventListener("htmx:sendError", () => say("unsent"));
  document.addEventListener("htmx:timeout", () => say("unsent"));
  // The answer that was spoken about must not silence itself by having arrived.
  let spokenOf = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status === 401) { event.detail.shouldSwap = false; spokenOf = xhr; say("signedOut"); return; }
    // A whole page must not land inside a row: only what it says is taken over.
    if (/^\s*<!doctype/i.test(xhr.responseText) && !event.detail.boosted && event.detail.target !== document.body) {
      event.detail.shouldSwap = false;
      spokenOf = xhr;
      const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
      if (page.querySelector("[data-sign-in]")) say("signedOut");
      else if (banner) banner.textContent = page.querySelector("h1")?.textContent.trim() || banner.dataset.failed;
      return;
    }
    if (xhr.status >= 500) say("failed");
  });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful && event.detail.xhr !== spokenOf && !lostAt && banner) banner.textContent = ""; });
  // An answer may bring parts for elsewhere on the page, as live news does, and may ask for a form to be emptied for the next person.
  document.addEventListener("htmx:afterSwap", () => {
    for (const template of document.querySelectorAll("template[data-part]")) {
      template.remove();
      for (const element of [...template.content.children]) if (element.id) applyPart(element);
      const form = template.dataset.reset && document.getElementById(template.dataset.reset);
      if (!form) continue;
      if (form.dataset.keep) sessionStorage.removeItem(keptKey(form.dataset.keep));
      form.reset();
      (form.querySelector("[autofocus]") || [...form.elements].find(isTyping))?.focus({ preventScroll: true });
    }
  });
  document.addEventListener("htmx:load", (event) => { startSaying(event.detail.elt); restoreKept(event.detail.elt); });

  // ------------------------------------------------------------------ the page for when nobody is reached

  // The worker keeps that page alone. Where there is no secure address there is none, and the browser says it in its own words.
  const offline = document.body.dataset.offline;
  if (offline && "serviceWorker" in navigator) {
    navigator.serviceWorker.register(offline)
      .then(() => navigator.serviceWorker.ready)
      .then(({ active }) => active?.postMessage(document.documentElement.lang))
      .catch(() => { /* a browser that keeps nothing */ });
  }

  // ------------------------------------------------------------------ when the page opens

  document.querySelector("[data-focus-first]")?.focus();
  startSaying(document);
  restoreKept(document);
})();
