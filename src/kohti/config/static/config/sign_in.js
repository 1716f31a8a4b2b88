/* Passkeys, and screens that lock. Everything else about signing in works without script. */
(() => {
  "use strict";

  // ------------------------------------------------------------------ passkeys

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const words = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function create(options) {
    const { publicKey } = options;
    const made = await navigator.credentials.create({
      publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), user: { ...publicKey.user, id: bytes(publicKey.user.id) }, excludeCredentials: known(publicKey.excludeCredentials) },
    });
    return {
      id: made.id, rawId: words(made.rawId), type: made.type, clientExtensionResults: made.getClientExtensionResults(),
      response: { clientDataJSON: words(made.response.clientDataJSON), attestationObject: words(made.response.attestationObject), transports: made.response.getTransports?.() || [] },
    };
  }

  async function ask(options) {
    const { publicKey } = options;
    const found = await navigator.credentials.get({
      publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: known(publicKey.allowCredentials) },
    });
    const { response } = found;
    return {
      id: found.id, rawId: words(found.rawId), type: found.type, clientExtensionResults: found.getClientExtensionResults(),
      response: {
        clientDataJSON: words(response.clientDataJSON), authenticatorData: words(response.authenticatorData), signature: words(response.signature),
        userHandle: response.userHandle ? words(response.userHandle) : null,
      },
    };
  }

  async function optionsOf(form) {
    const here = document.getElementById(form.dataset.options || "");
    if (here) return JSON.parse(here.textContent);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error("no options");
    return (await answer.json()).request_options;
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const said = form.querySelector("[data-said]");
      const button = form.querySelector("button");
      if (said) said.textContent = "";
      button.disabled = true;
      try {
        const credential = await (form.dataset.passkey === "create" ? create : ask)(await optionsOf(form));
        form.elements.credential.value = JSON.stringify(credential);
        form.submit();
      } catch {
        button.disabled = false;
        if (said) said.textContent = said.dataset.failed;
      }
    });
  }

  // ------------------------------------------------------------------ screens that lock

  const lock = document.querySelector("form[data-lock]");
  if (!lock) return;
  const idle = Number(lock.dataset.idle) * 1000;
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("kohti:here") : null;
  let used = Date.now();
  let told = used;
  let typed = false;

  // What was typed and not sent waits in this window for the same colleague; kohti.js forgets it as soon as somebody else works here.
  const waiting = `kohti:kept:${document.body.dataset.who}:lock:${location.pathname}`;
  const forms = () => [...document.querySelectorAll("main form")];
  const keepable = (control) => control.name && !["password", "hidden", "file", "submit", "button"].includes(control.type)
    && control.autocomplete !== "one-time-code" && !("noKeep" in control.dataset);
  const chosen = (control) => control.type === "checkbox" || control.type === "radio";

  function keep() {
    const typed = forms().map((form) => [...form.elements].filter(keepable).map((control) => [control.name, chosen(control) ? control.checked : control.value]));
    try { sessionStorage.setItem(waiting, JSON.stringify(typed)); } catch { /* a full store loses nothing that is on the screen */ }
  }

  function bringBack() {
    const kept = sessionStorage.getItem(waiting);
    sessionStorage.removeItem(waiting);
    let typed;
    try { typed = JSON.parse(kept) || []; } catch { return; }
    forms().forEach((form, at) => {
      const controls = [...form.elements].filter(keepable);
      // A page that has changed since is not filled by guesswork.
      if (!typed[at] || typed[at].length !== controls.length || controls.some((control, n) => control.name !== typed[at][n][0])) return;
      controls.forEach((control, n) => {
        const value = typed[at][n][1];
        if (chosen(control)) control.checked = value;
        else if (value !== "") control.value = value;
      });
    });
  }
  bringBack();

  // What one tab locks is locked in all of them; whoever works in one is not away from the others.
  const leaving = () => { keep(); document.dispatchEvent(new Event("kohti:leaving")); };
  const leave = () => { leaving(); location.assign(lock.action); };
  if (tabs) tabs.onmessage = (event) => { if (event.data === "locked") leave(); else used = Date.now(); };
  lock.addEventListener("submit", () => { leaving(); tabs?.postMessage("locked"); });

  const note = () => {
    used = Date.now();
    if (used - told < 15000) return;
    told = used;
    tabs?.postMessage("used");
  };
  for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) addEventListener(kind, note, { passive: true });
  addEventListener("input", () => { typed = true; });

  // Typing sends nothing; the server must not think that nobody is here.
  setInterval(() => {
    if (!typed) return;
    typed = false;
    fetch(lock.dataset.here, { redirect: "manual", credentials: "same-origin" }).catch(() => {});
  }, Math.min(240000, idle / 3));

  function look() {
    if (Date.now() - used < idle) return;
    if ("locks" in lock.dataset) lock.requestSubmit();
    else { keep(); location.assign(location.pathname + location.search); }
  }
  setInterval(look, Math.min(10000, idle / 3));
  // A machine that slept looks at once when it wakes.
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
})();
