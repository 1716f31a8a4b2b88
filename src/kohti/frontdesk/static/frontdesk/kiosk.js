/* What a kiosk does by itself: its keys write at once, and it forgets whoever left after twenty seconds. Without this file
   each key is a press that the server answers, and the last screen goes away by itself. */
(() => {
  "use strict";
  const start = document.body.dataset.start;
  const FORGETS = 20000;

  for (const form of document.querySelectorAll("[data-keypad]")) {
    const field = form.elements.typed;
    form.addEventListener("click", (event) => {
      const key = event.target.closest("button[name=press]");
      if (!key) return;
      event.preventDefault();
      if (key.value === "back") field.value = field.value.trimEnd().slice(0, -1);
      else if (field.value.length < field.maxLength) field.value += key.value;
    });
    field.addEventListener("input", () => { field.value = field.value.toUpperCase(); });
  }

  const print = document.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }

  // The first screen has nothing to forget.
  if (location.pathname === start) return;
  let timer = 0;
  const forget = () => location.replace(start);
  const again = () => { clearTimeout(timer); timer = setTimeout(forget, FORGETS); };
  for (const sign of ["pointerdown", "keydown", "focusin"]) addEventListener(sign, again);
  // What the browser kept of a screen that somebody left is not shown to the next one.
  addEventListener("pageshow", (event) => { if (event.persisted) forget(); });
  again();
})();
