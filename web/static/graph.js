// The neighbourhood as a picture. Everything in it also stands in the list below it.
"use strict";
(async () => {
  const place = document.getElementById("graph");
  const answer = await fetch(place.dataset.from, { headers: { "X-Fetch": "1" } });
  if (!answer.ok) return;
  const data = await answer.json();
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const known = new Set(data.nodes.map((n) => n.id));
  const elements = data.nodes.map((n) => ({
    data: { id: n.id, label: n.number || n.title || n.id }, classes: (n.held ? "held" : "stub") + (n.id === data.root ? " root" : ""),
  }));
  data.edges.forEach((e, i) => {
    if (e.target_id && known.has(e.target_id) && known.has(e.source_id)) {
      elements.push({ data: { id: "e" + i, source: e.source_id, target: e.target_id, label: e.relation } });
    }
  });
  const graph = cytoscape({
    container: place, elements, maxZoom: 2,
    layout: { name: "cose", animate: false, nodeOverlap: 20, idealEdgeLength: 110, padding: 20 },
    style: [
      { selector: "node", style: { label: "data(label)", "font-size": 11, color: colour("--ink"), "text-valign": "bottom", "background-color": colour("--paper"), "border-width": 2, "border-color": colour("--quiet"), width: 22, height: 22 } },
      { selector: ".held", style: { "background-color": colour("--cite"), "border-color": colour("--cite") } },
      { selector: ".stub", style: { "border-style": "dashed" } },
      { selector: ".root", style: { width: 34, height: 34, "background-color": colour("--accent"), "font-weight": "bold" } },
      { selector: "edge", style: { width: 1.4, "line-color": colour("--quiet"), "target-arrow-color": colour("--quiet"), "target-arrow-shape": "triangle", "curve-style": "bezier", label: "data(label)", "font-size": 8, color: colour("--quiet"), "text-rotation": "autorotate" } },
    ],
  });
  window.neighbourhood = graph;
  graph.on("oneclick", "node", (event) => { location.href = "/decisions/" + event.target.id(); });
  graph.on("dbltap", "node", (event) => { location.href = "/decisions/" + event.target.id() + "/graph" + location.search; });
  document.getElementById("png").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = graph.png({ full: true, scale: 2, bg: colour("--paper") });
    link.download = "graph.png";
    link.click();
  });
})();
