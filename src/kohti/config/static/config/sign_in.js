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
})();
