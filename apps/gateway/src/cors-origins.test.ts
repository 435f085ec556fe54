import { describe, expect, it } from 'vitest';
import { parseCorsOrigins } from './cors-origins.ts';

describe('origins of pages that may call', () => {
  it.each([
    ['https://Tasks.Example.com', 'https://tasks.example.com'],
    ['HTTPS://tasks.example.com', 'https://tasks.example.com'],
    ['https://tasks.example.com:443', 'https://tasks.example.com'],
    ['http://tasks.example.com:80', 'http://tasks.example.com'],
    ['http://tasks.example.com:443', 'http://tasks.example.com:443'],
    ['https://tasks.example.com/', 'https://tasks.example.com'],
    ['https://aufgäben.example', 'https://xn--aufgben-8wa.example'],
    ['http://[2001:DB8::1]:3000', 'http://[2001:db8::1]:3000'],
    [' http://localhost:3000 ', 'http://localhost:3000'],
  ])('%j is what a browser sends as %s', (text, origin) => {
    expect(parseCorsOrigins(text)).toEqual([origin]);
  });

  it('are listed once each', () => {
    expect(parseCorsOrigins('https://a.example, https://b.example ,https://A.example:443/')).toEqual([
      'https://a.example',
      'https://b.example',
    ]);
  });

  it('may be none', () => {
    expect(parseCorsOrigins('')).toEqual([]);
    expect(parseCorsOrigins(' ')).toEqual([]);
  });

  it.each([
    ['https://*.example.com', 'has a wildcard'],
    ['*', 'has a wildcard'],
    ['null', 'is null'],
    ['localhost:3000', 'is not an origin'],
    ['tasks.example.com', 'is not an origin'],
    ['ftp://tasks.example.com', 'is not an origin'],
    ['https://', 'is not an origin'],
    ['https:///tasks.example.com', 'is not an origin'],
    ['https://a.example:99999', 'is not an origin'],
    ['https://b.example https://c.example', 'has white space inside'],
    ['https://b.\nexample', 'has white space inside'],
    ['https://b.\texample', 'has white space inside'],
    ['https://user@a.example', 'has credentials'],
    ['https://:word@a.example', 'has credentials'],
    ['https://a.example/app', 'has something after the host'],
    ['https://a.example?', 'has something after the host'],
    ['https://a.example/#', 'has something after the host'],
    ['https://a.example\\b', 'has something after the host'],
    ['', 'is empty'],
  ])('are refused with %j among them, with the reason', (text, fault) => {
    expect(() => parseCorsOrigins(`https://first.example,${text},https://last.example`)).toThrow(
      `entry 2, which ${fault}`,
    );
  });
});
