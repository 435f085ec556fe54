// Preloaded into each service: moves the time that it reads from `Date`, by as much as the suite says over the channel.
// Timers, `performance.now()` and Postgres' clock go on as they are.
let shiftMs = 0;

globalThis.Date = new Proxy(Date, {
  construct: (date, args, newTarget) =>
    Reflect.construct(date, args.length === 0 ? [date.now() + shiftMs] : args, newTarget),
  apply: (date) => new date(date.now() + shiftMs).toString(),
  get: (date, name) => (name === 'now' ? () => date.now() + shiftMs : Reflect.get(date, name)),
});

process.on('message', (message) => {
  if (typeof message !== 'object' || message === null || !('shiftClockMs' in message)) return;
  shiftMs = Number(message.shiftClockMs);
});
process.channel?.unref();
