// What `helm test` runs: one account from its registration to its statistics, through the gateway, and gone again.
const api = `${process.env.GATEWAY_URL}/api/v1`;
const name = `journey-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
const password = crypto.randomUUID();
let token;

async function call(method, path, expected, body) {
  const answer = await fetch(`${api}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await answer.text();
  if (answer.status !== expected) throw new Error(`${method} ${path}: ${answer.status}, not ${expected}: ${text}`);
  console.log(`${method} ${path}: ${answer.status}`);
  return text === '' ? undefined : JSON.parse(text);
}

await call('GET', '/tasks/', 401);
await call('POST', '/auth/register', 201, { username: name, email: `${name}@example.com`, password });
token = (await call('POST', '/auth/login', 200, { username: name, password })).access_token;
try {
  const task = await call('POST', '/tasks/', 201, { title: 'Try TaskTracker' });
  await call('POST', '/tasks/', 201, { title: 'Read its README' });
  await call('PATCH', `/tasks/${task.id}/complete`, 200);
  const stats = await call('GET', '/stats/', 200);
  if (stats.total_tasks !== 2 || stats.completed_tasks !== 1 || stats.completed_percentage !== 50) {
    throw new Error(`wrong statistics: ${JSON.stringify(stats)}`);
  }
  const { tasks } = await call('GET', '/tasks/', 200);
  for (const { id } of tasks) await call('DELETE', `/tasks/${id}`, 204);
} finally {
  await call('DELETE', '/auth/me', 204, { current_password: password });
}
console.log('From registration to statistics: everything works.');
