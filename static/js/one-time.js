// Hands the code behind the # of a one-time link to the server in a POST, so that no log and no history keeps it.
const form = document.querySelector("[data-code-behind-hash]");
const code = decodeURIComponent(window.location.hash.slice(1));
if (form && code) {
  history.replaceState(null, "", window.location.pathname);
  form.elements.token.value = code;
  form.submit();
}
