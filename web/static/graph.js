// The neighbourhood as a picture: a tap expands a document in place, two taps open it. All of it stands in the list below.
"use strict";
(async () => {
  const place = document.getElementById("graph"), most = Number(place.dataset.most);
  const answer = await fetch(place.dataset.from, { headers: { "X-Fetch": "1" } });
  if (!answer.ok) return;
  const first = await answer.json();
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const names = JSON.parse(place.dataset.relations);
  const nodeOf = (n, root) => ({
    group: "nodes", data: { id: n.id, label: n.number || n.title || n.id }, classes: (n.held ? "held" : "stub") + (n.id === root ? " root" : ""),
  });
  const edgeOf = (e) => ({
    group: "edges", data: { id: [e.source_id, e.target_id, e.relation].join(">"), source: e.source_id, target: e.target_id, label: names[e.relation] || e.relation, relation: e.relation },
  });
  const graph = cytoscape({
    container: place, maxZoom: 1.4,
    style: [
      { selector: "node", style: { label: "data(label)", "font-size": 11, color: colour("--ink"), "text-valign": "bottom", "text-margin-y": 4, "text-background-color": colour("--paper"), "text-background-opacity": 0.85, "text-max-width": 140, "text-wrap": "ellipsis", "background-color": colour("--paper"), "border-width": 2, "border-color": colour("--quiet"), width: 22, height: 22 } },
      { selector: ".held", style: { "background-color": colour("--cite"), "border-color": colour("--cite") } },
      { selector: ".stub", style: { "border-style": "dashed" } },
      { selector: ".root", style: { width: 34, height: 34, "background-color": colour("--accent"), "font-weight": "bold" } },
      { selector: ".expanded", style: { "border-width": 4, "border-color": colour("--focus") } },
      { selector: "edge", style: { width: 1.4, "line-color": colour("--quiet"), "target-arrow-color": colour("--quiet"), "target-arrow-shape": "triangle", "curve-style": "bezier" } },
      // Words on lines where there is room for them, else only on those of the document that is pointed at.
      { selector: "edge.said", style: { label: "data(label)", "font-size": 9, color: colour("--ink"), "text-rotation": "autorotate", "text-background-color": colour("--paper"), "text-background-opacity": 0.85, "text-background-padding": 1 } },
      { selector: ".off", style: { display: "none" } },
    ],
  });
  window.neighbourhood = graph;

  // Adds what is not there yet, up to the cap; whether all of it found room.
  function add(data, root) {
    let complete = data.complete;
    for (const n of data.nodes) {
      if (graph.getElementById(n.id).nonempty()) continue;
      if (graph.nodes().length >= most) { complete = false; continue; }
      graph.add(nodeOf(n, root));
    }
    for (const e of data.edges) {
      const edge = edgeOf(e), known = (id) => id && graph.getElementById(id).nonempty();
      if (known(e.source_id) && known(e.target_id) && graph.getElementById(edge.data.id).empty()) graph.add(edge);
    }
    filter();
    return complete;
  }
  const layout = (fresh) => graph.layout({ name: "cose", animate: false, randomize: fresh, nodeDimensionsIncludeLabels: true, nodeOverlap: 40, idealEdgeLength: () => 150, nodeRepulsion: () => 60000, padding: 40 }).run();
  async function expand(id) {
    const found = await fetch("/decisions/" + encodeURIComponent(id) + "/graph.json?depth=1&direction=" + place.dataset.direction + "&relation=" + place.dataset.relation, { headers: { "X-Fetch": "1" } });
    if (!found.ok) { say(String(found.status)); return; }
    const before = graph.nodes().length;
    if (!add(await found.json())) say(place.dataset.full);
    graph.getElementById(id).addClass("expanded");
    // The address says what is expanded, so that it may be kept and sent on.
    const address = new URL(location.href);
    address.searchParams.set("expanded", graph.nodes(".expanded").map((node) => node.id()).join(","));
    history.replaceState(null, "", address);
    if (graph.nodes().length > before) layout(false);
  }

  // Relations to leave out of the picture, one box each.
  const kinds = document.getElementById("kinds");
  const FEW = 25;
  const name = (edges, on) => edges.forEach((edge) => { edge.toggleClass("said", on || graph.edges().length <= FEW); });
  graph.on("mouseover", "node", (event) => name(event.target.connectedEdges(), true));
  graph.on("mouseout", "node", (event) => name(event.target.connectedEdges(), false));
  function filter() {
    name(graph.edges(), false);
    const present = [...new Set(graph.edges().map((edge) => edge.data("relation")))].sort();
    for (const relation of present) {
      if (kinds.querySelector('input[value="' + relation + '"]')) continue;
      const label = document.createElement("label"), box = document.createElement("input");
      label.className = "check";
      Object.assign(box, { type: "checkbox", checked: true, value: relation });
      box.addEventListener("change", filter);
      label.append(box, " " + (names[relation] || relation));
      kinds.append(label);
    }
    const off = new Set([...kinds.querySelectorAll("input:not(:checked)")].map((box) => box.value));
    graph.edges().forEach((edge) => { edge.toggleClass("off", off.has(edge.data("relation"))); });
    graph.nodes(":not(.root)").forEach((node) => { node.toggleClass("off", off.size > 0 && node.connectedEdges(":not(.off)").empty()); });
  }

  add(first, first.root);
  layout(true);
  for (const id of (new URL(location.href).searchParams.get("expanded") || "").split(",")) {
    if (/^d[0-9a-f]{15}$/.test(id)) await expand(id);
  }
  graph.on("onetap", "node", (event) => expand(event.target.id()));
  graph.on("dbltap", "node", (event) => { location.href = "/decisions/" + event.target.id(); });
  document.getElementById("png").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = graph.png({ full: true, scale: 2, bg: colour("--paper") });
    link.download = "graph.png";
    link.click();
  });
})();
