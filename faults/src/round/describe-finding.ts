import type { Finding } from '../checkers/finding.ts';
import type { Exchange } from '../history/exchange.ts';

const mostLines = 60;
const mostOfBody = 240;

/** A finding and the requests that show it, one a line, for a person. */
export function describeFinding({ checker, words, exchanges }: Finding): string {
  const lines = exchanges.slice(-mostLines).map(describeExchange);
  if (exchanges.length > mostLines) lines.unshift(`  … ${exchanges.length - mostLines} before`);
  return [`${checker}: ${words}`, ...lines].join('\n');
}

function describeExchange(exchange: Exchange): string {
  const { index, client, method, path, sent, place, key, ifMatch, startedAt, endedAt, status, body } = exchange;
  const said = [
    `  #${index} ${client}: ${method} ${path}${place === undefined ? '' : ` at ${place}`}`,
    key === undefined ? '' : ` key ${key}`,
    ifMatch === undefined ? '' : ` if-match ${ifMatch}`,
    sent === undefined ? '' : ` ${sent}`,
  ].join('');
  const answer = status === 0 ? `no answer (${body})` : `${status} ${body}`;
  return `${said}\n    ${Math.round(startedAt)}–${Math.round(endedAt)} ms: ${answer.slice(0, mostOfBody)}`;
}
