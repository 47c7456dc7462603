/**
 * In one process the services' tables are the queues, and each database must belong to one process alone: a second one would
 * count what the first has in hand as left behind by a death, and do it again. So each database is owned under an advisory lock
 * of a session of its own, which ends with the process, however that ends.
 */
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import type { Part } from './parts.ts'

/** Names the advisory lock, in two integers of our choice: class and object. */
const lock = [0x51_75_61_64, 1] as const

const everyMs = 250

/** Shown in pg_stat_activity, where another start reads it. Postgres keeps 63 bytes. */
const applicationName = `quadrille process ${process.pid} on ${hostname()}`.slice(0, 63)

export interface OwnershipOptions {
  readonly say: (line: string) => void
  /** Aborted to give up a start that still waits. */
  readonly signal: AbortSignal
  /** Told when another process has taken a database, while the connection that held its lock was broken. */
  readonly onLost: (error: Error) => void
  /** How long to wait for another process to end, ms. Default 30,000. */
  readonly patienceMs?: number
}

/**
 * Owns all of these databases, until `stop` or until this process ends. Waits for another owner to end.
 * @throws one line that says who owns one of them.
 */
export const ownDatabases = async (urls: Iterable<string>, options: OwnershipOptions): Promise<Part> => {
  const stopping = new AbortController()
  const owned: Promise<unknown>[] = []
  const stop = async () => {
    stopping.abort()
    await Promise.all(owned)
  }
  try {
    for (const url of urls) {
      const session = await take(url, options)
      owned.push(keep(url, session, { signal: stopping.signal, onLost: options.onLost }))
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { name: 'ownership', stop }
}

/** A session that holds the lock. */
interface Session {
  readonly client: Client
  readonly pid: number
  /** Resolves when the session is gone. */
  readonly ended: Promise<void>
}

/** Connects, and waits for the lock. @throws where another session still holds it when the time is over. */
const take = async (url: string, { say, signal, patienceMs = 30_000 }: OwnershipOptions): Promise<Session> => {
  const session = await connect(url)
  const deadline = performance.now() + patienceMs
  try {
    for (let waits = false; !(await tryToLock(session.client)); waits = true) {
      const owner = await ownerOf(session.client)
      if (performance.now() > deadline) throw new Error(inUse(url, owner))
      if (!waits) say(`${databaseOf(url)} is in use by ${owner}: waiting up to ${patienceMs / 1_000} s for it to end`)
      await delay(everyMs, undefined, { signal })
    }
    return session
  } catch (error) {
    await session.client.end()
    throw error
  }
}

/** Holds on to the lock: takes it again when its connection breaks. Resolves when it is told to stop. */
const keep = async (
  url: string,
  first: Session,
  { signal, onLost }: Pick<OwnershipOptions, 'signal' | 'onLost'>,
): Promise<void> => {
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  for (let session = first; ; ) {
    await Promise.race([session.ended, aborted])
    if (signal.aborted) return session.client.end()
    const next = await retake(url, session.pid, signal)
    if (next === null) return
    if (next instanceof Error) return onLost(next)
    session = next
  }
}

/** Null when it is told to stop; an error when another process has taken the lock. A Postgres that is away is waited for. */
const retake = async (url: string, formerPid: number, signal: AbortSignal): Promise<Session | Error | null> => {
  while (!signal.aborted) {
    const session = await connect(url).catch(() => null) // the services say that Postgres is away
    if (session) {
      await endSession(session.client, formerPid)
      if (await tryToLock(session.client).catch(() => false)) return session
      const owner = await ownerOf(session.client).catch(() => null)
      await session.client.end()
      if (owner !== null) return new Error(inUse(url, owner))
    }
    await delay(everyMs, undefined, { signal }).catch(() => undefined)
  }
  return null
}

const connect = async (url: string): Promise<Session> => {
  const client = new Client({
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  })
  const ended = new Promise<void>((resolve) => client.once('end', resolve))
  client.on('error', () => undefined) // its end tells of it
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  return { client, pid: rows[0]?.pid ?? 0, ended }
}

const tryToLock = async (client: Client): Promise<boolean> => {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1, $2) as locked', [...lock])
  return rows[0]?.locked === true
}

/** Ends our own former session, where the server has not noticed yet that its connection is broken. */
const endSession = async (client: Client, pid: number): Promise<void> => {
  await client
    .query('select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and application_name = $2', [
      pid,
      applicationName,
    ])
    .catch(() => undefined) // then it holds the lock until the server notices
}

/** Who holds the lock, as far as Postgres tells this role. */
const ownerOf = async (client: Client): Promise<string> => {
  const { rows } = await client.query<{ application: string | null; pid: number; host: string | null }>(
    `select application_name as application, pid, coalesce(client_hostname, host(client_addr)) as host
     from pg_locks left join pg_stat_activity using (pid)
     where locktype = 'advisory' and classid = $1 and objid = $2 and objsubid = 2 and granted
       and database = (select oid from pg_database where datname = current_database())`,
    [...lock],
  )
  const [owner] = rows
  if (!owner) return 'a process that is just ending'
  return `${owner.application || 'another process'} (session ${owner.pid}, from ${owner.host ?? 'the same machine'})`
}

const inUse = (url: string, owner: string): string =>
  `${databaseOf(url)} is in use by ${owner}. Stop that process first, or set AMQP_URL: over RabbitMQ processes can share databases.`

const databaseOf = (url: string): string => `the database ${new URL(url).pathname.slice(1)}`
