/* One key for what became of a step: d done, m a week later, s stuck, x dropped, 0 as before. The page works without it. */
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
    const why = step.querySelector(".k-field input");
    if (why && why.offsetParent !== null) why.focus();
  }, true);
})();
