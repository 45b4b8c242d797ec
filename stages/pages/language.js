// in the head, so that a reader never sees the other language: theirs, or the one they chose
const root = document.documentElement;
let chosen = null;
try { chosen = localStorage.getItem("language"); } catch { /* a browser may keep it shut */ }
root.lang = chosen ?? (navigator.language.startsWith("zh") ? "zh" : "en");

function switchLanguage() {
  root.lang = root.lang === "zh" ? "en" : "zh";
  try { localStorage.setItem("language", root.lang); } catch { /* then it is asked again */ }
  document.dispatchEvent(new Event("language"));
}
