/**
 * Locks a database for one process. Without RabbitMQ the services' tables serve as queues, so a second process would
 * mistake messages in flight for those of a crashed process, and handle them again. The lock is a Postgres advisory lock
 * in a session of its own, which ends with the process. The audit recognises by it that there are no queues of RabbitMQ.
 */
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { pause } from '@quadrille/async'
import { openDatabase, withoutTimeouts } from '@quadrille/postgres'
import { Client } from 'pg'
import type { Part } from './parts.ts'

/** The two integer keys of the advisory lock: class and object. All versions must use the same, and the audit reads them. */
const lock = [0x51_75_61_64, 1] as const

/** The interval between two attempts to lock, ms. */
const everyMs = 250

/** Another process reads this name in pg_stat_activity. Postgres truncates it to 63 bytes. */
const applicationName = `quadrille process ${process.pid} on ${hostname()}`.slice(0, 63)

export interface OwnershipOptions {
  readonly say: (line: string) => void
  /** Aborts the wait for a lock. */
  readonly signal: AbortSignal
  /** Called when another process has locked the database, while our connection was broken. */
  readonly onLost: (error: Error) => void
  /** How long to wait for a lock that another process has, ms. Default 30,000. */
  readonly timeoutMs?: number
  /** How long a query may take, ms. After that its connection counts as broken. Default 10,000. */
  readonly queryTimeoutMs?: number
}

/**
 * Locks the database until `stop` or the end of this process. Waits for a lock that another process has.
 * @throws a one-line error with the name of that process, after `timeoutMs`, or the reason why no service could use the database.
 */
export const ownDatabase = async (url: string, options: OwnershipOptions): Promise<Part> => {
  await checkSettings(url)
  const session = await take(url, options)
  const stopping = new AbortController()
  const kept = keep(url, session, { ...options, signal: stopping.signal })
  const stop = () => {
    stopping.abort()
    return kept
  }
  return { stop }
}

/** Before the lock, because a pooler in transaction mode would hold it after the end of this process. */
const checkSettings = async (url: string): Promise<void> => {
  const database = openDatabase({ url, applicationName, max: 1, onIdleError: () => undefined })
  await database.checkSettings().finally(() => database.end())
}

/** A session that holds the lock. */
interface Session {
  readonly client: Client
  readonly pid: number
  /** Resolves when the session has ended. */
  readonly ended: Promise<void>
}

/** Connects, and waits for the lock. @throws if another session still holds it after `timeoutMs`. */
const take = async (url: string, options: OwnershipOptions): Promise<Session> => {
  const { say, signal, timeoutMs = 30_000 } = options
  const session = await connect(url, options)
  const deadline = performance.now() + timeoutMs
  try {
    for (let waits = false; !(await tryToLock(session.client)); waits = true) {
      const owner = nameOf(await findOwner(session.client))
      if (performance.now() > deadline) throw new Error(inUse(url, owner))
      if (!waits) say(`${databaseOf(url)} is in use by ${owner}: waiting up to ${timeoutMs / 1_000} s for it to end`)
      await delay(everyMs, undefined, { signal })
    }
    return session
  } catch (error) {
    await session.client.end()
    throw error
  }
}

type KeepOptions = Pick<OwnershipOptions, 'signal' | 'onLost' | 'queryTimeoutMs'>

/** Holds the lock, and takes it again if the connection breaks. Resolves when `signal` is aborted. */
const keep = async (url: string, first: Session, options: KeepOptions): Promise<void> => {
  const { signal, onLost } = options
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  for (let session = first; ; ) {
    await Promise.race([session.ended, aborted])
    if (signal.aborted) return session.client.end()
    const next = await retake(url, session.pid, options)
    if (next === null) return
    if (next instanceof Error) return onLost(next)
    session = next
  }
}

/**
 * Takes the lock again after the connection broke. Waits while Postgres is unavailable, and until the server has ended
 * the former session. Null if `signal` is aborted meanwhile; an error if another process has the lock.
 */
const retake = async (url: string, formerPid: number, options: KeepOptions): Promise<Session | Error | null> => {
  const { signal } = options
  const formerPids = [formerPid]
  while (!signal.aborted) {
    const session = await connect(url, options).catch(() => null) // the services report that Postgres is unavailable
    if (session) {
      await endSessions(session.client, formerPids)
      if (await tryToLock(session.client).catch(() => false)) return session
      const owner = await findOwner(session.client).catch(() => null)
      void session.client.end() // a server that does not respond delays it
      if (owner && !formerPids.includes(owner.pid)) return new Error(inUse(url, nameOf(owner)))
      formerPids.push(session.pid) // it may hold the lock if only the response was lost
    }
    await pause(everyMs, signal)
  }
  return null
}

const connect = async (
  url: string,
  { queryTimeoutMs = 10_000 }: Pick<OwnershipOptions, 'queryTimeoutMs'>,
): Promise<Session> => {
  const client = new Client({
    connectionString: withoutTimeouts(url),
    application_name: applicationName,
    connectionTimeoutMillis: 10_000,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  })
  const ended = new Promise<void>((resolve) => client.once('end', resolve))
  client.on('error', () => undefined) // the event `end` follows
  await client.connect()
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    return { client, pid: rows[0]?.pid ?? 0, ended }
  } catch (error) {
    void client.end()
    throw error
  }
}

const tryToLock = async (client: Client): Promise<boolean> => {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1, $2) as locked', [...lock])
  return rows[0]?.locked === true
}

/** How long to wait for the end of a former session before the next attempt, ms. */
const endsWithinMs = 2_000

/** Ends former sessions of this process whose broken connections the server has not detected yet. */
const endSessions = async (client: Client, pids: readonly number[]): Promise<void> => {
  await client
    .query('select pg_terminate_backend(pid, $3) from pg_stat_activity where pid = any($1) and application_name = $2', [
      pids,
      applicationName,
      endsWithinMs,
    ])
    .catch(() => undefined) // the lock is then held until the server detects the broken connection
}

/** The session that holds the lock, as far as this role can see it. */
interface Owner {
  readonly application: string | null
  readonly pid: number
  readonly host: string | null
}

/** Null if the lock has just been released. */
const findOwner = async (client: Client): Promise<Owner | null> => {
  const { rows } = await client.query<Owner>(
    `select application_name as application, pid, coalesce(client_hostname, host(client_addr)) as host
     from pg_locks left join pg_stat_activity using (pid)
     where locktype = 'advisory' and classid = $1 and objid = $2 and objsubid = 2 and granted
       and database = (select oid from pg_database where datname = current_database())`,
    [...lock],
  )
  return rows[0] ?? null
}

const nameOf = (owner: Owner | null): string =>
  owner === null
    ? 'a process that is exiting'
    : `${owner.application || 'another process'} (session ${owner.pid}, from ${owner.host ?? 'the same machine'})`

const inUse = (url: string, owner: string): string =>
  `${databaseOf(url)} is in use by ${owner}. Stop that process first, or set AMQP_URL: with RabbitMQ, several processes can share the databases.`

const databaseOf = (url: string): string => `the database ${new URL(url).pathname.slice(1)}`
