// What an unlucky hand might do to a plan, by chance from a seed: answers the grids afterwards and what was done how often.
async ({ shapes, parent, seed, count }) => {
  const [{ Refusal, Topology }, ground, { carve, merge, split }] = await Promise.all(
    ["topology", "geometry", "overlay"].map((name) => import(`/static/js/plans/${name}.js`))
  );
  let state = seed + 1;
  const chance = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const one = (list) => list[Math.floor(chance() * list.length)];
  const topology = new Topology(parent);
  shapes.forEach(([key, geometry]) => topology.load(key, geometry));
  const done = {};
  let fresh = 0;
  const anywhere = (key) => {
    const [west, south, east, north] = topology.boxes.get(key);
    return [west + (east - west) * (chance() * 1.3 - 0.15), south + (north - south) * (chance() * 1.3 - 0.15)];
  };
  const block = (key) => {
    const [x, y] = anywhere(key);
    const wide = 0.0003 + 0.003 * chance();
    return [[x, y], [x + wide, y], [x + wide, y + wide * 0.7], [x, y + wide]];
  };
  const drop = () => topology.shapes.forEach((polygons, key) => polygons.length || topology.set(key, null));
  const deeds = {
    move: (key) => {
      const p = one(topology.shapes.get(key).flat(2));
      topology.apply(topology.checked(topology.move(ground.keyOf(p), [p[0] + (chance() - 0.5) * 0.002, p[1] + (chance() - 0.5) * 0.002])));
    },
    add: (key) => {
      const ring = topology.shapes.get(key)[0][0];
      const n = Math.floor(chance() * ring.length);
      const [a, b] = [ring[n], ring[(n + 1) % ring.length]];
      topology.apply(topology.add(ground.keyOf(a), ground.keyOf(b), ground.project(anywhere(key), a, b).at));
    },
    remove: (key) => topology.apply(topology.remove(ground.keyOf(one(topology.shapes.get(key).flat(2))))),
    split: (key) => {
      const { pieces, changes } = split(topology, key, [anywhere(key), anywhere(key), anywhere(key)]);
      topology.set(key, null);
      topology.apply(changes);
      pieces.forEach((piece) => topology.set(`s${fresh++}`, piece));
    },
    merge: (key) => {
      const other = one(Array.from(topology.neighbours(key).keys()));
      if (topology.shapes.size < 4 || !other) return;
      topology.set(key, merge(topology, key, other));
      topology.set(other, null);
    },
    cut: (key) => {
      const name = `c${fresh++}`;
      topology.apply(carve(topology, block(key), (owner, drawn) => (drawn && owner !== null ? name : owner), name));
      drop();
    },
    take: (key) => {
      topology.apply(carve(topology, block(key), (owner, drawn, inside) => (drawn && inside ? key : owner), key));
      drop();
    },
  };
  for (let n = 0; n < count; n++) {
    const deed = one(Object.keys(deeds));
    try {
      deeds[deed](one(Array.from(topology.shapes.keys())));
      done[deed] = (done[deed] || 0) + 1;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      done[error.word] = (done[error.word] || 0) + 1;
    }
  }
  return { shapes: Array.from(topology.shapes.values(), ground.toGeoJSON), done };
};
