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

  // What one tab locks is locked in all of them; whoever works in one is not away from the others.
  const leave = () => { location.assign(lock.action); };
  if (tabs) tabs.onmessage = (event) => { if (event.data === "locked") leave(); else used = Date.now(); };
  lock.addEventListener("submit", () => tabs?.postMessage("locked"));

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
    else location.assign(location.href);
  }
  setInterval(look, Math.min(10000, idle / 3));
  // A machine that slept looks at once when it wakes.
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
})();
