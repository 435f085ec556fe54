import { escapeMarkup } from '../markup.ts';
import { toAxisScale, type AxisScale } from './axis-scale.ts';
import type { Line, Plot } from './plot.ts';

const width = 800;
const height = 420;
const plane = { left: 78, top: 44, right: 600, bottom: 360 };
const legend = { left: 622, sample: 30, lineHeight: 22 };
/** Of what carries words: more than 4:1 against white and against the near-black of a dark page. */
const ink = '#737b85';
/** More than 3:1 against both. */
const colours = ['#3b82f6', '#d97706', '#16a34a', '#a855f7', '#e5484d', '#0d9488'];
/** Of lines that share a colour. */
const dashes = ['none', '7 4', '2 4'];
const numbers = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 6 });

interface Style {
  readonly colour: string;
  readonly dash: string;
}

/**
 * A drawing of the plot, for white and for dark pages: it has no background of its own. Throws RangeError for a plot
 * without points, or with one that its axes can't show.
 */
export function toSvg({ title, x, y, lines }: Plot): string {
  const points = lines.flatMap((line) => line.points);
  const across = toAxisScale(
    x,
    points.map(([value]) => value),
  );
  const up = toAxisScale(
    y,
    points.map(([, value]) => value),
  );
  const toX = (value: number): number => plane.left + across.place(value) * (plane.right - plane.left);
  const toY = (value: number): number => plane.bottom - up.place(value) * (plane.bottom - plane.top);
  const styles = toStyles(lines);
  const drawn = lines.map(({ points: own }, place) =>
    drawLine(
      own.map(([left, top]) => [toX(left), toY(top)] as const),
      styles[place],
    ),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13" fill="${ink}">`,
    `<title>${escapeMarkup(title)}</title>`,
    text({ left: plane.left, top: 22, words: title, more: 'font-size="15" font-weight="600"' }),
    ...gridLines(across, toX, up, toY),
    text({ left: (plane.left + plane.right) / 2, top: height - 14, words: x.label, anchor: 'middle' }),
    text({
      left: 0,
      top: 0,
      words: y.label,
      anchor: 'middle',
      more: `transform="translate(16 ${(plane.top + plane.bottom) / 2}) rotate(-90)"`,
    }),
    ...drawn,
    ...lines.flatMap(({ name }, place) => drawLegend(name, place, styles[place])),
    '</svg>',
    '',
  ].join('\n');
}

function gridLines(
  across: AxisScale,
  toX: (value: number) => number,
  up: AxisScale,
  toY: (value: number) => number,
): string[] {
  const { left, right, top, bottom } = plane;
  return [
    ...across.ticks.flatMap((tick) => [
      rule([toX(tick), top], [toX(tick), bottom]),
      text({ left: toX(tick), top: bottom + 18, words: numbers.format(tick), anchor: 'middle' }),
    ]),
    ...up.ticks.flatMap((tick) => [
      rule([left, toY(tick)], [right, toY(tick)]),
      text({ left: left - 8, top: toY(tick) + 4, words: numbers.format(tick), anchor: 'end' }),
    ]),
    `<path d="M${left} ${top}V${bottom}H${right}" fill="none" stroke="${ink}"/>`,
  ];
}

function rule([left, top]: readonly [number, number], [right, bottom]: readonly [number, number]): string {
  return `<path d="M${round(left)} ${round(top)}L${round(right)} ${round(bottom)}" stroke="${ink}" stroke-opacity="0.25"/>`;
}

function drawLine(places: readonly (readonly [number, number])[], style: Style | undefined): string {
  const path = places.map(([left, top]) => `${round(left)} ${round(top)}`).join('L');
  const dots = places.map(([left, top]) => `<circle cx="${round(left)}" cy="${round(top)}" r="3"/>`).join('');
  return `<g fill="${style?.colour}">${stroke(`M${path}`, style)}${dots}</g>`;
}

function drawLegend(name: string, place: number, style: Style | undefined): string[] {
  const top = plane.top + 8 + place * legend.lineHeight;
  return [
    stroke(`M${legend.left} ${top}h${legend.sample}`, style),
    text({ left: legend.left + legend.sample + 8, top: top + 4, words: name }),
  ];
}

function stroke(path: string, style: Style | undefined): string {
  return `<path d="${path}" fill="none" stroke="${style?.colour}" stroke-width="2" stroke-dasharray="${style?.dash}"/>`;
}

const groupOf = ({ name }: Line): string => name.split(',')[0] ?? '';

/** A colour for what the names say up to a comma, and a dash for the rest. */
function toStyles(lines: readonly Line[]): Style[] {
  const groups = [...new Set(lines.map(groupOf))];
  return lines.map((line, place) => {
    const group = groupOf(line);
    const earlier = lines.slice(0, place).filter((other) => groupOf(other) === group).length;
    return {
      colour: colours[groups.indexOf(group) % colours.length] ?? ink,
      dash: dashes[earlier % dashes.length] ?? 'none',
    };
  });
}

function text(options: {
  readonly left: number;
  readonly top: number;
  readonly words: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** Further attributes. */
  readonly more?: string;
}): string {
  const { left, top, words, anchor = 'start', more = '' } = options;
  return `<text x="${round(left)}" y="${round(top)}" text-anchor="${anchor}" ${more}>${escapeMarkup(words)}</text>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
