/* Shows the fields that belong to what is asked for: leave, a swap or a wish. */

const form = document.querySelector("form[data-request]");

function showFields() {
  const kind = form.querySelector("input[name=kind]:checked")?.value;
  for (const part of form.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== kind;
}

form.addEventListener("change", showFields);
showFields();
