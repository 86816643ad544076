/**
 * `npm run rehearse`: runs the commands of docs/operations.md and docs/upkeep.md for database, migration, backup and restore, word for word, with Debian's
 * PostgreSQL 15 and its pg_dump, on a cluster of its own: removals are asked for, approved and done, dumped, restored and checked.
 * Says what each step said, and ends with 1 where the restored database is not the one that was dumped. `PG_BIN` names another
 * folder of PostgreSQL's programs.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { build, install, requireNode, root, run } from './toolchain.mjs'

const binaries = process.env.PG_BIN ?? '/usr/lib/postgresql/15/bin'
const asRoot = process.getuid?.() === 0
const tenant = '7b0c2f3e-1a5d-4c8e-9f62-3d4e5a6b7c81'
const say = text => process.stdout.write(`${text}\n`)

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}

/** Asks again and again until there is an answer; what never comes, a minute ends. */
const until = async (what, ask) => {
  const deadline = performance.now() + 60_000
  while (performance.now() < deadline) {
    const answer = await Promise.resolve(ask()).catch(() => undefined)
    if (answer !== undefined && answer !== false) return answer
    await wait(100)
  }
  throw new Error(`This did not come about within a minute: ${what}`)
}

const closing = []
/** Starts a process that is ended with this one. */
const start = (command, args, options = {}, signal = 'SIGTERM') => {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options })
  const ended = once(child, 'exit')
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
  }
  closing.push(stop)
  return stop
}

/** The commands of a section of the pages. */
const commandsOf = heading => {
  const page = ['operations.md', 'upkeep.md']
    .map(name => readFileSync(join(root, 'docs', name), 'utf8'))
    .join('')
  const section = page.split(/^## /m).find(each => each.startsWith(`${heading}\n`)) ?? ''
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, script]) => script)
  if (blocks.length === 0) throw new Error(`The pages have no commands under ${heading}`)
  return blocks.join('')
}

/** A cluster as PostgreSQL 15 makes it: passwords over TCP, and its administrator on a socket. */
const startCluster = (folder, port) => {
  const id = option => Number(execFileSync('id', [option, 'postgres']))
  const as = asRoot ? { uid: id('-u'), gid: id('-g'), cwd: '/' } : { cwd: '/' }
  if (asRoot) chownSync(folder, as.uid, as.gid)
  const data = join(folder, 'data')
  const method = ['--auth-local=trust', '--auth-host=scram-sha-256']
  execFileSync(join(binaries, 'initdb'), ['-D', data, '-U', 'postgres', '--encoding=UTF8', ...method], {
    ...as,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'log_min_messages=fatal',
  ]
  start(
    join(binaries, 'postgres'),
    ['-D', data, '-p', `${port}`, ...settings.flatMap(each => ['-c', each])],
    as,
    'SIGINT',
  )
}

const rehearse = async folder => {
  const [port, lethePort, identityPort, graphPort, sandboxPort, sandboxDatabase] = await Promise.all(
    Array.from({ length: 6 }, freePort),
  )
  const cluster = join(folder, 'cluster')
  const etc = join(folder, 'etc')
  for (const path of [cluster, etc]) mkdirSync(path)
  startCluster(cluster, port)
  const code = await run('node', [join(root, 'tools', 'package.mjs'), '--built', '--image-root', folder])
  if (code !== 0) throw new Error('The program could not be laid out')

  const environment = {
    ...process.env,
    PATH: `${binaries}:${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
  }
  /** In the place of "What the commands use", and of systemd. */
  const preamble = `
    set -euo pipefail
    export PGPORT=${port} ETC=${etc} BACKUPS=${folder}/backups PROGRAM=${folder}/lethe/bin/lethe-api.js
    as_admin() { psql --host=${cluster} --username=postgres --no-psqlrc --quiet "$@"; }
    lethe_api() (set -a && . "$1" && shift && exec node "$PROGRAM" "$@")
    systemctl() { :; }
    [ ! -e "$ETC/passwords.env" ] || . "$ETC/passwords.env"
  `
  const bash = script =>
    execFileSync('bash', ['-c', `${preamble}\n${script}`], {
      cwd: root,
      env: environment,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  const rowsOf = database =>
    Object.fromEntries(
      bash(`as_admin --dbname=${database} --tuples-only --no-align --field-separator=' ' <<'SQL'
        select format('%I.%I', schemaname, tablename),
          (xpath('//n/text()', query_to_xml(format('select count(*) as n from %I.%I', schemaname, tablename), false, true, '')))[1]
        from pg_tables where schemaname = 'lethe' or (schemaname, tablename) = ('pgboss', 'job_common') order by 1\nSQL`)
        .trim()
        .split('\n')
        .map(line => line.split(' ')),
    )

  await until('the cluster starts', () => bash('as_admin --command="select 1"'))
  say('== Database, Migrate')
  say(bash(`${commandsOf('Database')}\n${commandsOf('Migrate')}`))

  // Who gives tokens, and a twin of Graph: the sandbox, whose own Lethe stays idle.
  const state = join(folder, 'sandbox')
  start('node', [join(root, 'apps', 'sandbox', 'dist', 'main.js')], {
    cwd: root,
    env: {
      ...environment,
      LETHE_PORT: `${sandboxPort}`,
      LETHE_SANDBOX_IDENTITY_PORT: `${identityPort}`,
      LETHE_SANDBOX_GRAPH_PORT: `${graphPort}`,
      LETHE_SANDBOX_POSTGRES_PORT: `${sandboxDatabase}`,
      LETHE_SANDBOX_STATE: state,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await until(
    'the sandbox starts',
    async () => (await fetch(`http://127.0.0.1:${sandboxPort}/healthz/ready`)).ok,
  )
  const certificate = readdirSync(state).find(name => /certificate/.test(name) && name.endsWith('.pem'))
  if (certificate === undefined) throw new Error('The sandbox keeps no certificate')
  bash(`cat > "$ETC/lethe.env" <<ENV
LETHE_TENANTS=${tenant}
LETHE_AUDIENCES=a3d5e7f9-0b2c-4d6e-8f1a-2b3c4d5e6f70
LETHE_ISSUERS='http://127.0.0.1:${identityPort}/{tenantid}/v2.0'
LETHE_ALLOW_INSECURE_ISSUER=true
LETHE_PORT=${lethePort}
LETHE_DATABASE_URL=postgres://lethe:$APP_PASSWORD@127.0.0.1:$PGPORT/lethe
LETHE_HISTORY_KEYS=2026-11:${randomBytes(32).toString('base64')}
LETHE_GRAPH_URL=http://127.0.0.1:${graphPort}/beta
LETHE_GRAPH_AUTHORITY=http://127.0.0.1:${identityPort}
LETHE_GRAPH_AUDIENCE=https://graph.microsoft.com
LETHE_GRAPH_CERTIFICATE_FILE=${join(state, certificate)}
LETHE_ABSENCE_LOOKS=1
LETHE_LOG_LEVEL=warn
ENV`)
  const stopLethe = start('bash', ['-c', `${preamble}\nset -a; . "$ETC/lethe.env"; exec node "$PROGRAM"`], {
    cwd: root,
    env: environment,
  })
  const base = `http://127.0.0.1:${lethePort}`
  await until('Lethe is ready', async () => (await fetch(`${base}/healthz/ready`)).ok)

  say('== Removals: one completed, one that waits for an approval')
  const tokenOf = async name =>
    (
      await fetch(`http://127.0.0.1:${identityPort}/sandbox/token`, {
        method: 'POST',
        headers: { Accept: 'text/plain' },
        body: JSON.stringify({ as: name }),
      })
    ).text()
  const ask = async (name, method, path, body) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { Authorization: `Bearer ${await tokenOf(name)}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}`)
    return response.json()
  }
  const submit = userId => ask('adele', 'POST', '/lethe/v1/removalRequests', { userId })
  const done = await submit('c228b2ae-c4fb-4eda-9620-7e73dddd1cac')
  const waiting = await submit('e4b1d7a0-5c36-4f28-9b0e-1a2c3d4e5f60')
  await ask('megan', 'POST', `/lethe/v1/removalRequests/${done.id}/approve`)
  const stateOf = async ({ id }) => (await ask('megan', 'GET', `/lethe/v1/removalRequests/${id}`)).state
  await until('the removal completes', async () => (await stateOf(done)) === 'completed')

  say('== What does not work: a dump as the owner')
  const dumpAsOwner = options =>
    bash(
      `PGPASSWORD=$OWNER_PASSWORD pg_dump --host=127.0.0.1 --username=lethe_owner --schema=lethe ${options} lethe 2>&1 || echo FAILED`,
    )
  const refused = dumpAsOwner('')
    .trim()
    .split('\n')
    .filter(line => /^pg_dump: error|FAILED/.test(line))
    .join(' ')
  const silent = /^COPY lethe\.removal_event .*\n(.*)/m.exec(dumpAsOwner('--enable-row-security'))?.[1]
  say(
    `without options: ${refused}\nwith --enable-row-security: ${silent === '\\.' ? 'no rows, and no error' : 'rows'}`,
  )
  if (!refused.includes('row-level security') || silent !== '\\.')
    throw new Error('The page says otherwise of a dump as the owner')

  const before = rowsOf('lethe')
  say('== Back up, Restore')
  await stopLethe()
  say(bash(`${commandsOf('Back up')}\n${commandsOf('Restore')}`))

  const [was, restored] = [rowsOf('lethe_before'), rowsOf('lethe')]
  for (const name of Object.keys(before)) say(`${name.padEnd(28)} ${before[name]} -> ${restored[name]}`)
  if (JSON.stringify(was) !== JSON.stringify(restored) || restored['lethe.removal_event'] === '0')
    throw new Error('The restored database is not the one that was dumped')

  say('== With the restored database')
  start('bash', ['-c', `${preamble}\nset -a; . "$ETC/lethe.env"; exec node "$PROGRAM"`], {
    cwd: root,
    env: environment,
  })
  await until('Lethe is ready', async () => (await fetch(`${base}/healthz/ready`)).ok)
  await ask('megan', 'POST', `/lethe/v1/removalRequests/${waiting.id}/approve`)
  await until('the other removal completes', async () => (await stateOf(waiting)) === 'completed')
  say(`${done.id} ${await stateOf(done)}, ${waiting.id} ${await stateOf(waiting)}`)
}

const main = async () => {
  if (!existsSync(join(binaries, 'initdb')))
    throw new Error(`${binaries}/initdb: is not there. Install Debian's postgresql-15, or set PG_BIN.`)
  process.stderr.write('Installing…\n')
  await install()
  process.stderr.write('Building…\n')
  await build()
  const folder = mkdtempSync(join(tmpdir(), 'lethe-rehearse-'))
  chmodSync(folder, 0o755)
  try {
    await rehearse(folder)
    say('Rehearsed: what was dumped was restored, and is well.')
  } finally {
    for (const close of closing.toReversed()) await close()
    rmSync(folder, { recursive: true, force: true })
  }
}

if (requireNode())
  main().catch(error => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
