// runs in the head, so that the wrong language never shows: the chosen language, else the browser's
const root = document.documentElement;
let chosen = null;
try { chosen = localStorage.getItem("language"); } catch { /* the browser may block it */ }
root.lang = chosen ?? (navigator.language.startsWith("zh") ? "zh" : "en");

function switchLanguage() {
  root.lang = root.lang === "zh" ? "en" : "zh";
  try { localStorage.setItem("language", root.lang); } catch { /* the next visit starts with the browser's language */ }
  document.dispatchEvent(new Event("language"));
}
