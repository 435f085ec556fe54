import type { IncomingMessage } from 'node:http';
import { isIP, SocketAddress, type BlockList, type Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** Where a request comes from, as far as that can be trusted. */
export interface Client {
  /** An IP address, IPv4 in its own form also when it came over IPv6; `unknown` once the connection was lost. */
  readonly address: string;
  /** What the client itself speaks. */
  readonly protocol: 'http' | 'https';
}

/** Finds out who is at the other end of a connection or request. */
export interface Clients {
  /** The address at the other end of a connection, a proxy's or not. */
  addressOf(socket: Socket): string;
  clientOf(request: IncomingMessage): Client;
}

declare module 'fastify' {
  interface FastifyInstance {
    clients: Clients;
  }
}

interface Peer {
  readonly address: string;
  readonly isTrusted: boolean;
}

const unknown = 'unknown';

/**
 * Believes `X-Forwarded-For` and `X-Forwarded-Proto` from trusted proxies alone: the client is the rightmost address
 * that is no trusted proxy's, or the leftmost where all are. (`Forwarded`, RFC 7239, is not read: a proxy that does not
 * know it would pass a client's own on.)
 */
export function createClients(trustedProxies: BlockList): Clients {
  // A connection's peer is asked for once, as long as it is there.
  const peers = new WeakMap<Socket, Peer>();

  function peerOf(socket: Socket): Peer {
    const known = peers.get(socket);
    if (known) return known;
    const address = toAddress(socket.remoteAddress ?? '') ?? unknown;
    const peer = { address, isTrusted: isTrusted(address) };
    if (address !== unknown) peers.set(socket, peer);
    return peer;
  }

  function isTrusted(address: string): boolean {
    return address !== unknown && trustedProxies.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }

  function forwardedAddress(peer: string, forwardedFor: string): string {
    let address = peer;
    for (const hop of forwardedFor.split(',').toReversed()) {
      const next = toAddress(hop.trim());
      if (next === undefined) break; // a trusted proxy that names no address: its own is the last one known
      address = next;
      if (!isTrusted(address)) break;
    }
    return address;
  }

  return {
    addressOf: (socket) => peerOf(socket).address,
    clientOf({ socket, headers }) {
      const { address, isTrusted: isProxy } = peerOf(socket);
      if (!isProxy) return { address, protocol: 'http' };
      const [forwardedFor, protocol] = [headers['x-forwarded-for'], headers['x-forwarded-proto']];
      return {
        address: forwardedFor === undefined ? address : forwardedAddress(address, String(forwardedFor)),
        protocol: lastOf(String(protocol ?? '')).toLowerCase() === 'https' ? 'https' : 'http',
      };
    },
  };
}

/** The request's client, by the trusted proxies of its application. */
export function clientOf(request: Pick<FastifyRequest, 'server' | 'raw'>): Client {
  return request.server.clients.clientOf(request.raw);
}

/** An address as proxies and sockets write it (with a port or zone, in brackets, mapped to IPv6), in its plain form. */
function toAddress(text: string): string | undefined {
  if (isIP(text) === 4) return text;
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const address = bare.split('%', 1)[0] ?? '';
  if (isIP(address) !== 6) return isIP(address) === 4 ? address : undefined;
  const plain = new SocketAddress({ address, family: 'ipv6' }).address;
  return /^::ffff:([\d.]+)$/.exec(plain)?.[1] ?? plain;
}

function lastOf(list: string): string {
  return list.slice(list.lastIndexOf(',') + 1).trim();
}
