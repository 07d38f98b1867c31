// What a grid weighs, counted in the browser while a border moves: only the buildings near what changed are looked at.
import { areaOf, boxOf, inPolygons, perimeterOf } from "./geometry.js";

const CELL = 0.002; // degrees, about 200 m
const PER_BUILDING = 10; // the work a building is by itself, in households; grids.division.numbers says the same
const place = (value) => Math.floor(value / CELL);

export class Numbers {
  constructor(features) {
    this.cells = new Map();
    this.houses = features.filter((f) => f.geometry).map(({ geometry, properties }) => ({
      at: geometry.coordinates,
      households: properties.households || 0,
      persons: properties.persons || 0,
    }));
    this.counted = this.houses.some((house) => house.households || house.persons);
    this.houses.forEach((house) => {
      const cell = `${place(house.at[0])},${place(house.at[1])}`;
      if (!this.cells.has(cell)) this.cells.set(cell, []);
      this.cells.get(cell).push(house);
    });
    this.more = new Map(); // what no point says: buildings without one, or households only recorded for the area
  }

  /** Households, persons and buildings by their points. */
  inside(polygons) {
    const sum = { households: 0, persons: 0, buildings: 0 };
    if (!polygons || !polygons.length) return sum;
    const [west, south, east, north] = boxOf(polygons);
    for (let x = place(west); x <= place(east); x++) {
      for (let y = place(south); y <= place(north); y++) {
        for (const house of this.cells.get(`${x},${y}`) || []) {
          if (!inPolygons(house.at, polygons)) continue;
          sum.buildings += 1;
          sum.households += house.households;
          sum.persons += house.persons;
        }
      }
    }
    return sum;
  }

  /** What the server counts beyond the points is kept with the grid. */
  settle(key, polygons, said) {
    const seen = this.inside(polygons);
    const more = {};
    ["households", "persons", "buildings"].forEach((name) => (more[name] = Math.max(0, ((said || {})[name] || 0) - seen[name])));
    if (more.households || more.persons || more.buildings) this.more.set(key, more);
  }

  count(key, polygons) {
    const sum = this.inside(polygons);
    const more = this.more.get(key);
    if (more) Object.keys(sum).forEach((name) => (sum[name] += more[name]));
    sum.workload = sum.households + PER_BUILDING * sum.buildings;
    sum.area_m2 = polygons && polygons.length ? areaOf(polygons) : 0;
    sum.perimeter_m = polygons && polygons.length ? perimeterOf(polygons) : 0;
    return sum;
  }
}

/** How numbers stand to the standard: "fits", "few", "small", "many", "crowded", "undrawn" or "free" (not measured by it). */
export function judge(facts, numbers, limits) {
  if (!numbers.area_m2) return "undrawn";
  const [least, good, most] = limits.households || [];
  if (facts.grid_kind === "dedicated" || most === null || most === undefined) return "free";
  if (numbers.households > most) return "many";
  if (limits.persons && numbers.persons > limits.persons) return "crowded";
  if (numbers.households < least) return "few";
  return numbers.households < good ? "small" : "fits";
}
