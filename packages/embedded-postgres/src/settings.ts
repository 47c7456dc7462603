/** Settings of Postgres by name, as in postgresql.conf (Postgres manual, chapter "Server Configuration"). */
export type Settings = Readonly<Record<string, string>>

/** Reachable from this machine only, over TCP, because the path of a socket could be too long. */
const connectivity: Settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '' }

/** For one machine, a few services, and many short transactions. Every confirmed commit is durable. */
const tuning: Settings = {
  max_connections: '100',
  shared_buffers: '128MB',
  wal_level: 'minimal', // an embedded server is not replicated
  max_wal_senders: '0',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  autovacuum_naptime: '10s', // thousands of inbox and outbox rows come and go
  jit: 'off', // statements are short
  timezone: 'UTC',
}

/** Logs the server's actions, but not failed statements, because their senders get the errors. */
const logging: Settings = { log_min_messages: 'log', log_checkpoints: 'off', log_timezone: 'UTC' }

export const serverArguments = (port: number, settings: Settings): string[] =>
  Object.entries({ ...connectivity, ...tuning, ...logging, ...settings, port: String(port) }).flatMap(
    ([name, value]) => ['-c', `${name}=${value}`],
  )
