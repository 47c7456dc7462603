/** Settings of Postgres by name, as in postgresql.conf (Postgres manual, chapter "Server Configuration"). */
export type Settings = Readonly<Record<string, string>>

/** Reachable from this machine only, over TCP, because the path of a socket could be too long. */
const connectivity: Settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '' }

/**
 * In files of the cluster. systemd deletes POSIX shared memory at the last logout of its owner (RemoveIPC in logind.conf), and then
 * every new connection fails (Postgres manual, "systemd RemoveIPC"). It is small, so the writes to the disk do not matter.
 */
const memory: Settings = { dynamic_shared_memory_type: 'mmap' }

/** For one machine, a few services, and many short transactions. Every confirmed commit is durable. */
const tuning: Settings = {
  max_connections: '100',
  shared_buffers: '128MB',
  wal_level: 'minimal', // an embedded server is not replicated
  max_wal_senders: '0',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  jit: 'off', // statements are short
  timezone: 'UTC',
}

/** Logs the server's actions, but not failed statements, because their senders get the errors. */
const logging: Settings = { log_min_messages: 'log', log_checkpoints: 'off', log_timezone: 'UTC' }

export interface ServerSettings {
  readonly port: number
  /** Whether our own tuning applies. Otherwise Postgres' defaults apply, except for connections and logging. */
  readonly tuned: boolean
  /** Added to those, or replacing them. */
  readonly settings: Settings
}

export const serverArguments = ({ port, tuned, settings }: ServerSettings): string[] =>
  Object.entries({
    ...connectivity,
    ...memory,
    ...(tuned ? tuning : {}),
    ...logging,
    ...settings,
    port: String(port),
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
