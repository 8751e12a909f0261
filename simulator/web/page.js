"use strict";
// Asks for the number of the newest change and fetches the page's body only when it moved
// (or every half minute, because statuses also follow the clock).
(() => {
  const main = document.querySelector("main");
  const pulse = document.querySelector(".pulse");
  let seq = Number(main.dataset.seq);
  let shown = "";
  let quiet = 0;
  const look = async () => {
    try {
      const newest = (await (await fetch("/_simulator/seq.json")).json()).seq;
      quiet += 1;
      if (newest !== seq || quiet >= 15) {
        const html = await (await fetch("/_simulator/fragment")).text();
        if (html !== shown) main.innerHTML = html; // an unchanged page keeps its videos playing
        shown = html;
        seq = newest;
        quiet = 0;
      }
      pulse.textContent = "live";
      pulse.classList.remove("lost");
    } catch {
      pulse.textContent = "not reachable";
      pulse.classList.add("lost");
    }
    setTimeout(look, 2000);
  };
  setTimeout(look, 2000);
})();
