/* Draft check: a safe wording takes the place of what was typed, and is checked like it. */

/* What is answered are the last lines of the chat. */
const chat = document.querySelector(".draft-chat");
if (chat) chat.scrollTop = chat.scrollHeight;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-use]");
  if (!button) return;
  const field = document.querySelector("[data-draft] [name=text]");
  field.value = button.closest("[data-script]").querySelector("[data-text]").textContent;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
