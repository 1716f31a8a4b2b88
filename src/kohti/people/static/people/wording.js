/* One press marks the field of life that a note looks like. Without script the same is asked when it is saved. */
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    const press = event.target instanceof Element && event.target.closest("[data-mark-field]");
    if (!press) return;
    const box = press.form && press.form.querySelector(`input[type="checkbox"][value="${CSS.escape(press.dataset.markField)}"]`);
    if (!box) return;
    const folded = box.closest("details");
    if (folded) folded.open = true;
    box.checked = true;
    box.focus();
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
