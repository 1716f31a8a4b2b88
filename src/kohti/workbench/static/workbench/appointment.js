/* One key for what became of a step: d done, m another day, s stuck, x dropped, t taken, n not, l later, 0 as before. The page works without it. */
(() => {
  "use strict";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem("kohti:keys") === "off") return;
    const step = event.target instanceof Element && event.target.matches("[data-step-key]") && event.target.closest("[data-step]");
    const choice = step && step.querySelector(`[data-step-key="${CSS.escape(event.key)}"]`);
    if (!choice) return;
    event.preventDefault();
    event.stopPropagation();
    choice.checked = true;
    choice.focus();
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    const asks = [...step.querySelectorAll(".k-field input, .k-date input")].find((input) => input.offsetParent !== null);
    if (asks) asks.focus();
  }, true);
})();
