// What `helm test` runs: one account, through the gateway, from its registration to its statistics and its deletion.
const api = `${process.env.GATEWAY_URL}/api/v1`;
const username = `journey-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
const password = crypto.randomUUID();

async function call(method, path, expected, { token, json } = {}) {
  const headers = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(json && { 'content-type': 'application/json' }),
  };
  const signal = AbortSignal.timeout(10_000);
  const answer = await fetch(`${api}${path}`, { method, headers, signal, ...(json && { body: JSON.stringify(json) }) });
  const text = await answer.text();
  if (answer.status !== expected) throw new Error(`${method} ${path}: ${answer.status}, not ${expected}: ${text}`);
  console.log(`${method} ${path}: ${answer.status}`);
  return text === '' ? undefined : JSON.parse(text);
}

await call('GET', '/tasks/', 401);
await call('POST', '/auth/register', 201, { json: { username, email: `${username}@example.com`, password } });
const { access_token: token } = await call('POST', '/auth/login', 200, { json: { username, password } });
try {
  const task = await call('POST', '/tasks/', 201, { token, json: { title: 'Try TaskTracker' } });
  await call('POST', '/tasks/', 201, { token, json: { title: 'Read its README' } });
  await call('PATCH', `/tasks/${task.id}/complete`, 200, { token });
  const stats = await call('GET', '/stats/', 200, { token });
  if (stats.total_tasks !== 2 || stats.completed_tasks !== 1 || stats.completed_percentage !== 50) {
    throw new Error(`wrong statistics: ${JSON.stringify(stats)}`);
  }
  const { tasks } = await call('GET', '/tasks/', 200, { token });
  for (const { id } of tasks) await call('DELETE', `/tasks/${id}`, 204, { token });
} finally {
  await call('DELETE', '/auth/me', 204, { token, json: { current_password: password } });
}
console.log('From registration to statistics: everything works.');
