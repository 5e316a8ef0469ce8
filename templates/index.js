for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => {
    const head = button.closest("th");
    const down = head.getAttribute("aria-sort") !== "descending";
    for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const value = (row) => row.children[head.cellIndex].dataset.value ?? row.children[head.cellIndex].textContent.trim();
    const compare = (a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === "" || y === "") return (x === "") - (y === "");
      const numeric = Number(x) - Number(y);
      return (down ? -1 : 1) * (Number.isNaN(numeric) ? x.localeCompare(y) : numeric);
    };
    const body = document.querySelector("tbody");
    body.append(...[...body.children].sort(compare));
  });
}
