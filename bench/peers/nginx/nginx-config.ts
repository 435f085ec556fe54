/**
 * nginx as people put it before a service: one worker, connections to the service kept alive, an access log. Fair: it
 * neither checks tokens nor counts requests, so it is the least that a gateway can cost.
 */
export function nginxProxyConfig(options: {
  readonly port: number;
  readonly upstreamPort: number;
  readonly folder: string;
}): string {
  const { port, upstreamPort, folder } = options;
  return nginxConfig(
    folder,
    `access_log ${folder}/access.log;
     upstream service { server 127.0.0.1:${upstreamPort}; keepalive 64; keepalive_requests 100000000; }
     server {
       listen 127.0.0.1:${port};
       location / {
         proxy_pass http://service;
         proxy_http_version 1.1;
         proxy_set_header Connection "";
         proxy_set_header X-Request-ID $request_id;
         proxy_set_header X-Forwarded-For $remote_addr;
         proxy_set_header X-Forwarded-Proto $scheme;
         proxy_set_header X-Forwarded-Host $host;
       }
     }`,
  );
}

/** nginx as the service behind all contenders: the same file for each request, at next to no cost. */
export function nginxAnswerConfig(options: {
  readonly port: number;
  readonly folder: string;
  readonly path: string;
  /** A file of JSON. */
  readonly answer: string;
}): string {
  const { port, folder, path, answer } = options;
  return nginxConfig(
    folder,
    `access_log off;
     open_file_cache max=1;
     server {
       listen 127.0.0.1:${port};
       location = ${path} { default_type application/json; alias ${answer}; }
     }`,
  );
}

function nginxConfig(folder: string, http: string): string {
  return `worker_processes 1;
    daemon off;
    pid ${folder}/nginx.pid;
    error_log stderr error;
    events { worker_connections 1024; }
    http {
      client_body_temp_path ${folder}/body;
      proxy_temp_path ${folder}/proxy;
      fastcgi_temp_path ${folder}/fastcgi;
      uwsgi_temp_path ${folder}/uwsgi;
      scgi_temp_path ${folder}/scgi;
      keepalive_requests 100000000;
      keepalive_timeout 75;
      ${http}
    }
  `;
}
