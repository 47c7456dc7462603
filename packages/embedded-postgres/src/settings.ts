/** Settings of Postgres by name, as in postgresql.conf (Postgres manual, chapter "Server Configuration"). */
export type Settings = Readonly<Record<string, string>>

/** Reachable from this machine only, over TCP: a socket's path could be too long, and nobody else may connect. */
const reach: Settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '' }

/** One machine, a few services, many short transactions. Every commit is durable when it is confirmed. */
const sizes: Settings = {
  max_connections: '100',
  shared_buffers: '128MB',
  wal_level: 'minimal', // nobody replicates an embedded server
  max_wal_senders: '0',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  autovacuum_naptime: '10s', // inbox and outbox rows come and go by the thousand
  jit: 'off', // statements are short
  timezone: 'UTC',
}

/** What the server did, not which statements failed: whoever sent those knows. */
const logging: Settings = { log_min_messages: 'log', log_checkpoints: 'off', log_timezone: 'UTC' }

export const serverArguments = (port: number, settings: Settings): string[] =>
  Object.entries({ ...reach, ...sizes, ...logging, ...settings, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
