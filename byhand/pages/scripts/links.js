// Links to files of this project lead from report/ into the clone. On GitHub Pages, OWNER.github.io/PROJECT,
// they lead to the project on GitHub, and the page says how to clone it.
function projectAt({ hostname, pathname }) {
  const owner = hostname.match(/^(.+)\.github\.io$/)?.[1];
  const name = pathname.split("/").slice(1, -1)[0] ?? hostname;
  return owner && { name, address: `https://github.com/${owner}/${name}` };
}
if (typeof location !== "undefined") {
  const project = projectAt(location);
  if (project) {
    for (const link of document.querySelectorAll('a[href^="../"]')) {
      link.href = `${project.address}/blob/main/${link.getAttribute("href").slice(3)}`;
    }
    const commands = `git clone ${project.address} && cd ${project.name}\n`;
    for (const place of document.querySelectorAll(".clone")) place.textContent = commands;
  }
}
