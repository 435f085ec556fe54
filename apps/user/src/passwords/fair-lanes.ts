/**
 * Whose it is. Classes take turns, some of them several at a time, and within a class its clients: who has much waits
 * for their own alone.
 */
export interface Lane {
  readonly class: string;
  readonly client: string;
}

/** A queue of many lanes. */
export interface FairLanes<T> {
  readonly size: number;
  push(lane: Lane, item: T): void;
  /** The oldest of the lane whose turn it is. */
  shift(): T | undefined;
  sizeOf(name: string): number;
  /** What came last in the longest lane of this class; without one, of the class that has most for its turns. */
  popLongest(name?: string): T | undefined;
  /** Whether `popLongest` would take the next item of this lane from its class. */
  wouldBeLongest(lane: Lane): boolean;
  /** Whether that class would be the one that has most. */
  wouldHaveMost(lane: Lane): boolean;
}

interface LaneClass<T> {
  /** In the order of their turns; none is empty. */
  readonly clients: Map<string, T[]>;
  size: number;
  /** Since another class had one. */
  turns: number;
}

/** `turns`: how many a class has in a row, and its share of the room; one without it. */
export function createFairLanes<T>(turns: Readonly<Record<string, number>> = {}): FairLanes<T> {
  /** In the order of their turns; none is empty. */
  const classes = new Map<string, LaneClass<T>>();
  let size = 0;
  const weightOf = (name: string): number => turns[name] ?? 1;
  const loadOf = ([name, of]: [string, LaneClass<T>]): number => of.size / weightOf(name);

  const nameOfMost = (): string => [...classes].reduce((most, each) => (loadOf(each) > loadOf(most) ? each : most))[0];

  function take(name: string, of: LaneClass<T>, client: string, items: T[], item: T | undefined): T | undefined {
    of.size -= 1;
    size -= 1;
    if (items.length === 0) of.clients.delete(client);
    if (of.size === 0) classes.delete(name);
    return item;
  }

  return {
    get size() {
      return size;
    },
    push(lane, item) {
      const of = classes.get(lane.class) ?? { clients: new Map<string, T[]>(), size: 0, turns: 0 };
      const items = of.clients.get(lane.client) ?? [];
      items.push(item);
      of.size += 1;
      size += 1;
      of.clients.set(lane.client, items);
      classes.set(lane.class, of);
    },
    shift() {
      const [name = '', of] = classes.entries().next().value ?? [];
      const [client = '', items] = of?.clients.entries().next().value ?? [];
      if (of === undefined || items === undefined) return undefined;
      of.turns += 1;
      if (of.turns >= weightOf(name)) {
        of.turns = 0;
        classes.delete(name);
        classes.set(name, of);
      }
      of.clients.delete(client);
      of.clients.set(client, items);
      return take(name, of, client, items, items.shift());
    },
    sizeOf: (name) => classes.get(name)?.size ?? 0,
    wouldBeLongest(lane) {
      const { clients } = classes.get(lane.class) ?? {};
      const lengths = [...(clients?.values() ?? [])].map(({ length }) => length);
      const length = clients?.get(lane.client)?.length ?? 0;
      return length + 1 >= Math.max(1, ...lengths);
    },
    wouldHaveMost(lane) {
      const own = classes.get(lane.class)?.size ?? 0;
      const others = [...classes].filter(([name]) => name !== lane.class).map(loadOf);
      return (own + 1) / weightOf(lane.class) > Math.max(0, ...others);
    },
    popLongest(wanted = nameOfMost()) {
      const of = classes.get(wanted);
      if (of === undefined) return undefined;
      // Of several with as many, the last in turn: otherwise many clients with one each would push out who has waited longest.
      const [client, items] = [...of.clients].reduce((most, each) => (each[1].length >= most[1].length ? each : most));
      return take(wanted, of, client, items, items.pop());
    },
  };
}
