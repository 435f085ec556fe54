import type { OutgoingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import { clientOf, type ServiceApp } from '@tasktracker/service-kit';
import helmet, { type HelmetOptions } from 'helmet';
import { addCors } from './cors.ts';

interface BrowserRules {
  /** Pages that may call. */
  readonly origins: string[];
  /** For how long a browser that came over TLS must use nothing else (RFC 6797); 0 sends no such header. */
  readonly hstsMaxAgeSeconds: number;
}

/** What browsers are told: which pages may call (CORS), and to treat answers as data only. Errors carry it too. */
export function addBrowserRules(app: ServiceApp, { origins, hstsMaxAgeSeconds }: BrowserRules): void {
  addCors(app, origins);
  const fixed = fixedHeaders({
    strictTransportSecurity: false, // set below: over TLS alone, and not for other hosts of the domain
    // The API has nothing to show; /docs has a policy of its own.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  app.addHook('onRequest', (_request, reply, next) => {
    reply.headers(fixed); // a later header of the same name still wins
    next();
  });
  if (hstsMaxAgeSeconds === 0) return;
  app.addHook('onRequest', (request, reply, next) => {
    const isOverTls = clientOf(request).protocol === 'https';
    if (isOverTls) reply.header('strict-transport-security', `max-age=${hstsMaxAgeSeconds}`);
    next();
  });
}

/** What helmet says to every request, asked once: for each one it would be a twentieth of the gateway's CPU. */
function fixedHeaders(options: HelmetOptions): OutgoingHttpHeaders {
  const http = process.getBuiltinModule('node:http'); // not imported: see service-kit's broken-requests.ts
  const request = new http.IncomingMessage(new Socket());
  const response = new http.ServerResponse(request);
  helmet(options)(request, response, (error) => {
    if (error !== undefined) throw error;
  });
  return response.getHeaders();
}
